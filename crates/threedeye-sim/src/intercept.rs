//! Stands before every call of 3dEye: counts it, lets it go wrong, and sees it through when its client has gone.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Json, http};
use serde_json::json;

use crate::fault::{Fault, Misbehaviour, When};
use crate::operation::Operation;
use crate::refusal::Refusal;
use crate::state::SimState;

const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Marks an answer that must not be sent: the server closes the connection instead.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the stand-in was told to hang up")]
pub(crate) struct HangUp;

pub(crate) async fn intercept(
    State(state): State<SimState>,
    route: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let Some(operation) = Operation::of(request.method(), route.as_str()) else {
        return next.run(request).await;
    };
    // Read now: the body of a client that hangs up during a delay could not be read later.
    let request = match buffered(request).await {
        Ok(request) => request,
        Err(refusal) => return refusal.into_response(),
    };
    let fault = state.arrive(operation);
    let work = perform(state.clone(), operation, fault, request, next);
    // A task of its own, because the server drops this future when the client hangs up.
    state.tasks().spawn(work).await.unwrap_or_else(|_| hang_up())
}

async fn buffered(request: Request) -> Result<Request, Refusal> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| Refusal::BodyTooLarge)?;
    Ok(http::Request::from_parts(parts, Body::from(bytes)))
}

async fn perform(
    state: SimState,
    operation: Operation,
    fault: Option<Fault>,
    request: Request,
    next: Next,
) -> Response {
    let response = match fault {
        None => next.run(request).await,
        Some(Fault { when: When::Before, what: Misbehaviour::Delay { millis }, .. }) => {
            delay(&state, millis).await;
            next.run(request).await
        }
        Some(Fault { when: When::Before, what, .. }) => instead_of(idle_success(operation), &state, what).await,
        Some(Fault { when: When::After, what, .. }) => instead_of(next.run(request).await, &state, what).await,
    };
    tracing::info!(%operation, status = response.status().as_u16(), "call");
    response
}

/// The answer that goes out in place of `answer`.
async fn instead_of(answer: Response, state: &SimState, what: Misbehaviour) -> Response {
    match what {
        Misbehaviour::Delay { millis } => {
            delay(state, millis).await;
            answer
        }
        Misbehaviour::Status { code, retry_after } => failure(code, retry_after),
        Misbehaviour::HangUp => hang_up(),
        Misbehaviour::MalformedJson => with_body(answer, r#"{"data":[{"id":"#),
        Misbehaviour::WrongTypes => with_body(answer, r#"{"accessToken":7,"data":7,"email":7,"id":7,"total":"7"}"#),
        Misbehaviour::WithoutId => with_body(answer, "{}"),
    }
}

/// What a call that does nothing would answer if it had done something.
fn idle_success(operation: Operation) -> Response {
    match operation {
        Operation::CreateUser | Operation::CreateRole => StatusCode::CREATED.into_response(),
        _ => StatusCode::OK.into_response(),
    }
}

fn with_body(answer: Response, json: &'static str) -> Response {
    if !answer.status().is_success() {
        return answer;
    }
    // 204 allows no body.
    let status = if answer.status() == StatusCode::NO_CONTENT { StatusCode::OK } else { answer.status() };
    (status, [(CONTENT_TYPE, "application/json")], json).into_response()
}

fn failure(code: u16, retry_after: Option<u32>) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(json!({ "message": "The stand-in was told to fail." }))).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Without our server around the router this is an empty answer of status 502.
fn hang_up() -> Response {
    let mut response = StatusCode::BAD_GATEWAY.into_response();
    response.extensions_mut().insert(HangUp);
    response
}

/// Ends early when the stand-in shuts down.
async fn delay(state: &SimState, millis: u64) {
    tokio::select! {
        () = tokio::time::sleep(Duration::from_millis(millis)) => {}
        () = state.closing().cancelled() => {}
    }
}
