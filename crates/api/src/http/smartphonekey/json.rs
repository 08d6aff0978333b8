//! JSON bodies, and collecting what is wrong with their fields.

use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

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
    if names_server_only(body) {
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

/// Has an object the key only the server sets? Keys are looked at one by one and none is kept: there may be very many.
fn names_server_only(body: &[u8]) -> bool {
    serde_json::Deserializer::from_slice(body).deserialize_map(Keys).unwrap_or_default()
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut keys: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(is_it) = keys.next_key_seed(Key)? {
            keys.next_value::<IgnoredAny>()?;
            found |= is_it;
        }
        Ok(found)
    }
}

/// A key: is it the one?
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<bool, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == SERVER_ONLY_PARAMETER)
    }
}

/// The decoder's text without its position, which says nothing to somebody who is told the field.
fn cause(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split_once(" at line ").map_or(text.clone(), |(cause, _)| cause.to_owned())
}

/// What a field holds that may be null.
#[derive(Debug)]
pub(crate) struct Nullable<T>(pub(crate) Option<T>);

/// Reads a field that must be there and may be null; for `deserialize_with`, beside `default`.
pub(crate) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    field: D,
) -> Result<Option<Nullable<T>>, D::Error> {
    Option::deserialize(field).map(Nullable).map(Some)
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
