//! What happens around every request.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, ETAG, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use portcullis_domain::ids::RequestId;
use tracing::Instrument;

use super::rocketchat;
use super::style::Style;
use crate::app::App;
use crate::metrics::UNKNOWN_ROUTE;

/// The request's id, for whoever wants to ask about it.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Set on an answer that was given before.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What pages of other origins may read besides the body.
pub(super) fn exposed_headers() -> Vec<HeaderName> {
    [REQUEST_ID, REPLAYED, ETAG, RETRY_AFTER].into_iter().chain(rocketchat::RATE_HEADERS).collect()
}

/// Seconds a client is asked to wait when nobody knows better.
const COME_BACK: HeaderValue = HeaderValue::from_static("2");

/// A wait in whole seconds: who comes back then does not come too early.
pub(super) fn whole_seconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX)
}

/// Gives the request an id of our own. One a client sent is not taken over: it could be anybody's.
pub(super) async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = app.request_id("req");
    request.extensions_mut().insert(id.clone());
    let mut answer = next.run(request).await;
    // Answers hold personal data; none is to be kept on the way.
    answer.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        answer.headers_mut().insert(REQUEST_ID, value);
    }
    answer
}

/// One line a request: the route as a pattern, so that no id of a path, no query and no body is in it.
pub(super) async fn trace(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or(UNKNOWN_ROUTE, MatchedPath::as_str).to_owned();
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    // A span of the highest level is there whatever `RUST_LOG` says, so that a warning alone has the id, too.
    let span = tracing::error_span!("request", request_id = %id, method = %request.method(), route = %route);
    async {
        let answer = next.run(request).await;
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = answer.status().as_u16(), elapsed_ms, "request answered");
        answer
    }
    .instrument(span)
    .await
}

/// Failures get the body of the path's wire style, whoever found them.
pub(super) async fn tell_in_style(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let id = request.extensions().get::<RequestId>().cloned();
    let mut answer = next.run(request).await;
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().entry(RETRY_AFTER).or_insert(COME_BACK);
    }
    match id {
        Some(id) => Style::of(&path).tell(&path, &id, answer),
        None => answer,
    }
}

/// A handler panicked. The panic hook printed where; its text may hold anything and is not repeated.
pub(super) fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request handler panicked");
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    answer
}
