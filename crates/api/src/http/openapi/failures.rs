//! Examples of failures, where the handler gave none: with the status and in the words of the answer.

use axum::http::StatusCode;
use serde_json::{Value, json};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, RefOr};

use super::frame::AN_ID;
use super::{answers, contents, operations};
use crate::http::style::Style;
use crate::http::{rocketchat, smartphonekey};

/// Gives each one its example.
pub(super) fn complete(document: &mut OpenApi) {
    let schemas = document.components.as_ref().map(|components| json!(components.schemas)).unwrap_or_default();
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            let missing = required_field(&schemas, operation);
            let asks = operation.security.iter().flatten().any(rocketchat::is_with_second_factor);
            for (status, answer) in answers(operation) {
                let failed = status.parse().ok().filter(|status: &StatusCode| status.as_u16() >= 400);
                let Some(status) = failed else { continue };
                let example = match Style::of(path) {
                    Style::SmartphoneKey => Some(plain(path, status, &answer.description, missing.as_deref())),
                    Style::RocketChat => rocketchat::failure_example(status, asks, missing.as_deref()),
                };
                for content in
                    contents(answer).filter(|content| content.example.is_none() && content.examples.is_empty())
                {
                    content.example.clone_from(&example);
                }
            }
        }
    }
}

/// The first field a body must have, which is the first thing to be missed.
fn required_field(schemas: &Value, operation: &Operation) -> Option<String> {
    let Some(RefOr::T(body)) = &operation.request_body else { return None };
    let Some(RefOr::T(content)) = body.content.get("application/json") else { return None };
    let schema = json!(content.schema);
    let name = schema.get("$ref")?.as_str()?.rsplit('/').next()?;
    schemas.get(name)?.get("required")?.get(0)?.as_str().map(str::to_owned)
}

fn plain(path: &str, status: StatusCode, what: &str, missing: Option<&str>) -> Value {
    let mut body = json!({
        "error": status.canonical_reason(), "message": what, "code": status.as_u16(), "requestId": AN_ID,
    });
    if smartphonekey::is_staff_only(path) {
        body["success"] = false.into();
    }
    if let (StatusCode::BAD_REQUEST, Some(field)) = (status, missing) {
        body["message"] = "The request contains invalid parameters or malformed data".into();
        body["details"] = json!([{"field": field, "message": "is required"}]);
    }
    body
}
