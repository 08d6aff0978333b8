//! What all answers of this style have in common.

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, PRAGMA};
use axum::response::{IntoResponse, Response};

use super::Failure;

/// Adds to an answer what they have in common. A failure no handler told (unknown route, wrong method, too large,
/// time-out, panic) gets a body.
pub(crate) fn tell(answer: Response) -> Response {
    let mut answer = told(answer);
    // Answers carry tokens and secrets; nothing between here and the client keeps them.
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    answer
}

fn told(mut answer: Response) -> Response {
    let status = answer.status();
    let is_told = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if is_told || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let mut told = Failure::by_status(status).into_response();
    for name in [CONTENT_TYPE, CONTENT_LENGTH] {
        answer.headers_mut().remove(name);
    }
    told.headers_mut().extend(answer.headers_mut().drain());
    told
}
