//! Stands before every call of 3dEye: counts it, lets it go wrong, and sees it through when its client has gone.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Json, http};
use serde_json::json;

use crate::body::{Drip, Filler, rest_or_end};
use crate::calls::subjects;
use crate::connection::Cut;
use crate::fault::{Fault, Misbehaviour, When};
use crate::operation::Operation;
use crate::refusal::Refusal;
use crate::state::SimState;

const MAX_BODY_BYTES: usize = 1024 * 1024;

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
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_BODY_BYTES).await else {
        return Refusal::BodyTooLarge.into_response();
    };
    let about = state.read(|world| subjects(world, operation, &parts.uri, &bytes));
    let (number, fault) = state.arrive(operation, about);
    let request = http::Request::from_parts(parts, Body::from(bytes));
    let work = perform(state.clone(), operation, number, fault, request, next);
    // A task of its own, because the server drops this future when the client hangs up.
    state.tasks().spawn(work).await.unwrap_or_else(|_| cut(Cut::HangUp))
}

async fn perform(
    state: SimState,
    operation: Operation,
    number: u64,
    fault: Option<Fault>,
    request: Request,
    next: Next,
) -> Response {
    let latency = state.config().latency;
    if !latency.is_zero() {
        rest_or_end(latency, state.closing().clone()).await;
    }
    let response = match fault {
        None => next.run(request).await,
        Some(Fault { when: When::Before, what: Misbehaviour::Delay { millis }, .. }) => {
            delay(&state, millis).await;
            next.run(request).await
        }
        Some(Fault { when: When::Before, what, .. }) => instead_of(idle_success(operation), &state, what).await,
        Some(Fault { when: When::After, what, .. }) => instead_of(next.run(request).await, &state, what).await,
    };
    let status = response.extensions().get::<Cut>().is_none().then(|| response.status().as_u16());
    state.end(number, status);
    tracing::info!(%operation, status, "call");
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
        Misbehaviour::HangUp => cut(Cut::HangUp),
        Misbehaviour::Reset => cut(Cut::Reset),
        Misbehaviour::HugeBody { bytes } => with_body(answer, Body::new(Filler::new(bytes))),
        Misbehaviour::SlowDrip { millis_per_byte } => dripping(answer, state, millis_per_byte).await,
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

fn with_body(answer: Response, json: impl Into<Body>) -> Response {
    if answer.status().is_success() { of_body(&answer, json.into()) } else { answer }
}

fn of_body(answer: &Response, json: Body) -> Response {
    // 204 allows no body.
    let status = if answer.status() == StatusCode::NO_CONTENT { StatusCode::OK } else { answer.status() };
    (status, [(CONTENT_TYPE, "application/json")], json).into_response()
}

async fn dripping(answer: Response, state: &SimState, millis_per_byte: u64) -> Response {
    let (pause, closing) = (Duration::from_millis(millis_per_byte), state.closing().clone());
    let (parts, body) = answer.into_parts();
    // Our own answers are whole before they are sent, so this cannot fail.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if bytes.is_empty() {
        let drip = Drip::new(Bytes::from_static(b"{}"), pause, closing);
        return of_body(&Response::from_parts(parts, Body::empty()), Body::new(drip));
    }
    Response::from_parts(parts, Body::new(Drip::new(bytes, pause, closing)))
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
fn cut(how: Cut) -> Response {
    let mut response = StatusCode::BAD_GATEWAY.into_response();
    response.extensions_mut().insert(how);
    response
}

async fn delay(state: &SimState, millis: u64) {
    rest_or_end(Duration::from_millis(millis), state.closing().clone()).await;
}
