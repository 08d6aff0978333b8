//! The names of events in answers.

use utoipa::openapi::{OpenApi, RefOr, Schema};

/// Says of each event in an answer what it is called: its schema is named after it.
pub(super) fn name(document: &mut OpenApi) {
    for (name, schema) in document.components.iter_mut().flat_map(|components| &mut components.schemas) {
        if let Some(event) = name.strip_prefix("Occurred_")
            && let RefOr::T(Schema::Object(occurred)) = schema
            && let Some(RefOr::T(Schema::Object(kind))) = occurred.properties.get_mut("type")
        {
            kind.enum_values = Some(vec![event.into()]);
        }
    }
}
