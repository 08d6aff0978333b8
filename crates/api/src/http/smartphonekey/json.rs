//! JSON bodies, and collecting what is wrong with their fields.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::problem::{FieldFault, Problem};
use crate::http::auth::SERVER_ONLY_PARAMETER;

/// Is the body said to be JSON?
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.split_once('/') {
        Some(("application", subtype)) => subtype == "json" || subtype.ends_with("+json"),
        _ => false,
    }
}

/// Reads a JSON object. Unknown keys are ignored, as the peer does, but for the one only the server sets; a wrong type
/// names its field.
pub(super) fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Problem> {
    if !is_json(headers) {
        return Err(Problem::unsupported_media());
    }
    // serde would also take an array for a struct, by position.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|first| *first != b'{') {
        return Err(Problem::malformed("The body must be a JSON object"));
    }
    #[expect(clippy::zero_sized_map_values, reason = "serde reads a set from an array, not from an object")]
    let keys: BTreeMap<String, IgnoredAny> = serde_json::from_slice(body).unwrap_or_default();
    if keys.contains_key(SERVER_ONLY_PARAMETER) {
        return Err(Problem::field(SERVER_ONLY_PARAMETER, "is set by the server and must not be sent"));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        match error.inner().classify() {
            serde_json::error::Category::Data if field != "." => Problem::field(field, &cause(error.inner())),
            _ => Problem::malformed(format!("The body is not valid JSON: {}", error.inner())),
        }
    })?;
    json.end().map_err(|error| Problem::malformed(format!("The body is not valid JSON: {error}")))?;
    Ok(value)
}

/// The decoder's text without its position, which says nothing to somebody who is told the field.
fn cause(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split_once(" at line ").map_or(text.clone(), |(cause, _)| cause.to_owned())
}

/// Collects what is wrong with the fields of a body, so that all of it is told at once.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<FieldFault>);

impl Faults {
    /// Notes that a field is wrong.
    pub(crate) fn note(&mut self, field: &str, message: &(impl ToString + ?Sized)) {
        self.0.push(FieldFault { field: field.to_owned(), message: message.to_string() });
    }

    /// A field that must be there.
    pub(crate) fn required<V, T, E: ToString>(
        &mut self,
        field: &str,
        value: Option<V>,
        parse: impl FnOnce(V) -> Result<T, E>,
    ) -> Option<T> {
        if value.is_none() {
            self.note(field, "is required");
        }
        self.optional(field, value, parse)
    }

    /// A field that may be absent or null.
    pub(crate) fn optional<V, T, E: ToString>(
        &mut self,
        field: &str,
        value: Option<V>,
        parse: impl FnOnce(V) -> Result<T, E>,
    ) -> Option<T> {
        value.and_then(|value| parse(value).map_err(|fault| self.note(field, &fault)).ok())
    }

    /// The value, unless something was noted. A field that failed to parse was noted, so a value is there if nothing
    /// was.
    pub(crate) fn check<T>(self, value: Option<T>) -> Result<T, Problem> {
        match (self.0.is_empty(), value) {
            (true, Some(value)) => Ok(value),
            _ => Err(Problem::invalid(self.0)),
        }
    }
}
