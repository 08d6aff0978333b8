//! Examples of failures, where the handler gave none: in the words of the answer where they are always the same, else in
//! those of its description.

use axum::http::StatusCode;
use serde_json::{Value, json};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, RefOr};

use super::examples::last_path_parameter;
use super::frame::AN_ID;
use super::{answers, contents, operations};
use crate::http::style::Style;
use crate::http::{rocketchat, smartphonekey};

/// What an operation is shown with.
struct Shown {
    /// The first field its body must have.
    missing: Option<String>,
    /// The id of its path.
    id: Option<String>,
}

/// Gives each one its example.
pub(super) fn complete(document: &mut OpenApi) {
    let schemas = document.components.as_ref().map(|components| json!(components.schemas)).unwrap_or_default();
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            let id = last_path_parameter(operation).and_then(|id| id.as_str().map(str::to_owned));
            let shown = Shown { missing: required_field(&schemas, operation), id };
            let asks = operation.security.iter().flatten().any(rocketchat::is_with_second_factor);
            for (status, answer) in answers(operation) {
                let failed = status.parse().ok().filter(|status: &StatusCode| status.as_u16() >= 400);
                let Some(status) = failed else { continue };
                let example = match Style::of(path) {
                    Style::SmartphoneKey => Some(plain(path, status, &answer.description, &shown)),
                    Style::RocketChat => rocketchat::failure_example(status, asks, shown.missing.as_deref()),
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

fn plain(path: &str, status: StatusCode, what: &str, operation: &Shown) -> Value {
    let mut body = json!({
        "error": status.canonical_reason(), "message": what, "code": status.as_u16(), "requestId": AN_ID,
    });
    if smartphonekey::is_staff_only(path) {
        body["success"] = false.into();
    }
    let message = match status {
        StatusCode::BAD_REQUEST if operation.missing.is_some() => {
            body["details"] = json!([{"field": operation.missing, "message": "is required"}]);
            "The request contains invalid parameters or malformed data".to_owned()
        }
        StatusCode::UNAUTHORIZED => "Authentication required. Please provide a valid API token".to_owned(),
        StatusCode::NOT_FOUND => match (class(path), &operation.id) {
            (Some(class), Some(id)) => format!("Aggregate not found: {class}/{id}"),
            _ => return body,
        },
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "The body must be sent as Content-Type: application/json".to_owned(),
        StatusCode::UNPROCESSABLE_ENTITY => {
            "The Idempotency-Key was used before with another request body or query".to_owned()
        }
        StatusCode::BAD_GATEWAY => "3dEye did not do what was asked; please try again".to_owned(),
        StatusCode::SERVICE_UNAVAILABLE => "The service cannot answer at present; please try again".to_owned(),
        _ => return body,
    };
    body["message"] = message.into();
    body
}

/// What the id of a path is of, as failures call it.
fn class(path: &str) -> Option<&'static str> {
    let classes = [
        ("/users/{id}", "UserAggregate"),
        ("/admin/users/{id}", "UserAggregate"),
        ("/admin/threedeye/users/{userId}", "UserAggregate"),
        ("/admin/aggregates/{type}/{id}", "UserAggregate"),
        ("/locks/{id}", "LockAggregate"),
        ("/camera-roles/{id}", "CameraRoleAggregate"),
    ];
    classes.into_iter().find(|(root, _)| path.starts_with(root)).map(|(_, class)| class)
}
