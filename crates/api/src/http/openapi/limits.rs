//! What requests may hold, more exactly than handlers say it.

use serde_json::Value;
use utoipa::openapi::schema::{Object, Schema};
use utoipa::openapi::{OpenApi, RefOr};

use super::operations;

/// Free text, by its bounds: not blank, without control characters.
const FREE_TEXT: (Option<usize>, Option<usize>, &str) =
    (Some(1), Some(500), r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$");
/// Ids and names, by their bounds: without control characters.
const ID: (Option<usize>, Option<usize>, &str) = (Some(1), Some(128), r"^[^\x00-\x1F\x7F-\x9F]+$");

/// Completes parameters and the schemas of bodies. Only requests have bounds of text.
pub(super) fn tell(document: &mut OpenApi) {
    for parameter in
        document.paths.paths.values_mut().flat_map(operations).flat_map(|operation| &mut operation.parameters)
    {
        for parameter in parameter {
            if let RefOr::T(parameter) = parameter
                && let Some(RefOr::T(schema)) = &mut parameter.schema
            {
                complete(schema);
            }
        }
    }
    for schema in document.components.iter_mut().flat_map(|components| components.schemas.values_mut()) {
        if let RefOr::T(schema) = schema {
            complete(schema);
        }
    }
}

fn complete(schema: &mut Schema) {
    match schema {
        Schema::Object(object) => {
            text(object);
            for property in object.properties.values_mut() {
                if let RefOr::T(schema) = property {
                    complete(schema);
                }
            }
        }
        Schema::AllOf(all) => parts(&mut all.items),
        Schema::OneOf(one) => parts(&mut one.items),
        _ => {}
    }
}

fn parts(schemas: &mut [RefOr<Schema>]) {
    for schema in schemas {
        if let RefOr::T(schema) = schema {
            complete(schema);
        }
    }
}

fn text(object: &mut Object) {
    let words = object.pattern.as_deref().and_then(words);
    if words.is_some() {
        (object.enum_values, object.pattern) = (words, None);
    } else if object.pattern.is_none() {
        let known =
            [FREE_TEXT, ID].into_iter().find(|(min, max, _)| (object.min_length, object.max_length) == (*min, *max));
        object.pattern = known.map(|(_, _, pattern)| pattern.to_owned());
    }
}

/// The words of a pattern that has nothing else: `^(one|other)$`.
fn words(pattern: &str) -> Option<Vec<Value>> {
    let words = pattern.strip_prefix("^(")?.strip_suffix(")$")?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '|');
    words.chars().all(is_plain).then(|| words.split('|').map(Value::from).collect())
}
