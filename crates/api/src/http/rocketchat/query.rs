//! Queries of this style: checked like bodies, and told in the same words.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::body::{Schema, decode};
use super::failure::Failure;
use crate::app::App;

/// The parameters of a query as they came; all are text.
#[derive(Debug)]
pub(super) struct Query(Map<String, Value>);

impl Query {
    /// Its parameters, if they are what the route takes.
    pub(super) fn read<T: DeserializeOwned>(self, schema: &Schema) -> Result<T, Failure> {
        schema.check("", &self.0)?;
        decode(Value::Object(self.0))
    }
}

impl FromRequestParts<App> for Query {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        let text = parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(text).map_err(|_| Failure::invalid("must be form-urlencoded"))?;
        let mut parameters = Map::new();
        for (key, value) in pairs {
            // Which of two values is meant must not depend on who reads.
            if parameters.insert(key, Value::String(value)).is_some() {
                return Err(Failure::invalid("must NOT have a parameter twice"));
            }
        }
        Ok(Self(parameters))
    }
}
