//! Bodies as the peer reads them: JSON or form-urlencoded; an absent, empty or unparsable one counts as `{}`.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::unique;
use crate::app::App;

/// Longest a body may take to arrive; trickling one in holds nothing for longer.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// Characters of a client's own key that an answer repeats.
const KEY_LENGTH: usize = 64;

/// A kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Flag,
    Texts,
    Object,
    Objects,
    /// Text or an object.
    Either,
}

impl Kind {
    fn holds(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Flag => value.is_boolean(),
            Self::Texts => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
            Self::Object => value.is_object(),
            Self::Objects => value.as_array().is_some_and(|items| items.iter().all(Value::is_object)),
            Self::Either => value.is_string() || value.is_object(),
        }
    }

    const fn rule(self) -> &'static str {
        match self {
            Self::Text => "must be string",
            Self::Flag => "must be boolean",
            Self::Texts => "must be array of string",
            Self::Object => "must be object",
            Self::Objects => "must be array of object",
            Self::Either => "must be string or object",
        }
    }
}

/// Which fields a body may have, and which it must have.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) required: &'static [&'static str],
    pub(super) fields: &'static [(&'static str, Kind)],
    /// Are other fields let through unread?
    pub(super) open: bool,
}

impl Schema {
    /// Says in the peer's words what is wrong first. Values are never repeated: they may be passwords.
    pub(super) fn check(&self, within: &str, fields: &Map<String, Value>) -> Result<(), Failure> {
        if let Some(name) = self.required.iter().find(|name| !fields.contains_key(**name)) {
            return Err(Failure::invalid(format!("{within}must have required property '{name}'")));
        }
        for (key, value) in fields {
            match self.kind(key) {
                Some(kind) if kind.holds(value) => {}
                Some(kind) => return Err(Failure::invalid(format!("{within}{key} {}", kind.rule()))),
                None if self.open => {}
                None => {
                    let key: String = key.chars().take(KEY_LENGTH).collect();
                    return Err(Failure::invalid(format!("{within}must NOT have additional properties: {key}")));
                }
            }
        }
        Ok(())
    }

    fn kind(&self, key: &str) -> Option<Kind> {
        self.fields.iter().find(|(name, _)| *name == key).map(|(_, kind)| *kind)
    }
}

/// How the body was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Json,
    Form,
}

/// A body as it came.
#[derive(Debug)]
pub(super) struct Body {
    value: Value,
    encoding: Encoding,
}

impl Body {
    /// Its fields, if they are what the route takes.
    pub(super) fn read<T: DeserializeOwned>(self, schema: &Schema) -> Result<T, Failure> {
        let Value::Object(mut fields) = self.value else { return Err(Failure::invalid("must be object")) };
        if self.encoding == Encoding::Form {
            give_kinds(schema, &mut fields);
        }
        schema.check("", &fields)?;
        decode(Value::Object(fields))
    }
}

/// Takes checked fields over. The decoder's own text might repeat a value, so it is not told.
pub(super) fn decode<T: DeserializeOwned>(value: Value) -> Result<T, Failure> {
    serde_json::from_value(value).map_err(|_| Failure::invalid("must match the schema"))
}

/// In a form everything is text; flags, and lists of one text, get their kind here.
fn give_kinds(schema: &Schema, fields: &mut Map<String, Value>) {
    for (key, value) in fields {
        match schema.kind(key) {
            Some(Kind::Flag) => {
                if let Some(Ok(flag)) = value.as_str().map(str::parse) {
                    *value = Value::Bool(flag);
                }
            }
            Some(Kind::Texts) => *value = Value::Array(vec![value.take()]),
            _ => {}
        }
    }
}

impl FromRequest<App> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let headers = request.headers().clone();
        let bytes = match tokio::time::timeout(BODY_DEADLINE, Bytes::from_request(request, app)).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(Failure::too_large());
            }
            Ok(Err(_)) => return Err(Failure::invalid("The body could not be read")),
            Err(_) => return Err(Failure::too_slow()),
        };
        parse(&headers, &bytes)
    }
}

fn parse(headers: &HeaderMap, bytes: &[u8]) -> Result<Body, Failure> {
    let encoding = encoding(headers);
    if bytes.is_empty() {
        return Ok(Body { value: Value::Object(Map::new()), encoding: Encoding::Json });
    }
    let encoding = encoding?;
    let value = match encoding {
        Encoding::Json => match serde_json::from_slice(bytes) {
            Ok(Value::Null) | Err(_) => Value::Object(Map::new()),
            // Which of two values is meant must not depend on who reads.
            Ok(_) if unique::has_key_twice(bytes) => return Err(Failure::invalid("must NOT have a field twice")),
            Ok(value) => value,
        },
        Encoding::Form => form(bytes)?,
    };
    Ok(Body { value, encoding })
}

/// A body said to be neither JSON nor a form is refused. The peer drops some of them, and with them the name of whoever
/// was meant, so that a caller would clear the own second factor.
fn encoding(headers: &HeaderMap) -> Result<Encoding, Failure> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(Encoding::Json) };
    let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
    match text.split(';').next().unwrap_or_default().trim() {
        "application/x-www-form-urlencoded" => Ok(Encoding::Form),
        "" | "application/json" => Ok(Encoding::Json),
        kind if kind.starts_with("application/") && kind.ends_with("+json") => Ok(Encoding::Json),
        _ => Err(Failure::unsupported_media()),
    }
}

fn form(bytes: &[u8]) -> Result<Value, Failure> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_bytes(bytes).map_err(|_| Failure::invalid("must be form-urlencoded"))?;
    let mut fields = Map::new();
    for (key, value) in pairs {
        if fields.insert(key, Value::String(value)).is_some() {
            return Err(Failure::invalid("must NOT have a field twice"));
        }
    }
    Ok(Value::Object(fields))
}
