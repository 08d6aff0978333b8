//! The error bodies of this style, and the only place of it that knows status codes.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// `{success: false, error: "<reason> [<code>]", errorType: "<code>"}`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    success: bool,
    error: String,
    error_type: &'static str,
}

/// Gives a failure no handler of this style told (unknown route, wrong method, too large, time-out, panic) a body; what
/// has one in JSON already is left alone.
pub(crate) fn tell(mut answer: Response) -> Response {
    let status = answer.status();
    let is_told = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if is_told || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let (reason, error_type) = match status {
        StatusCode::NOT_FOUND => ("Not found", "error-not-found"),
        StatusCode::METHOD_NOT_ALLOWED => ("Method not allowed", "error-method-not-allowed"),
        StatusCode::PAYLOAD_TOO_LARGE => ("The body is larger than 1 MiB", "error-body-too-large"),
        StatusCode::SERVICE_UNAVAILABLE => ("The service cannot answer at present", "error-service-unavailable"),
        status if status.is_server_error() => ("Internal server error", "error-internal"),
        _ => ("Bad request", "invalid-params"),
    };
    let failure = Failure { success: false, error: format!("{reason} [{error_type}]"), error_type };
    let mut told = (status, Json(failure)).into_response();
    for name in [CONTENT_TYPE, CONTENT_LENGTH] {
        answer.headers_mut().remove(name);
    }
    told.headers_mut().extend(answer.headers_mut().drain());
    told
}
