//! The page and `/_sim/` need no credentials, so the browser of somebody who runs a stand-in must not be turned against it by
//! a page elsewhere.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::refusal::Refusal;
use crate::state::SimState;

pub(super) async fn guard(State(state): State<SimState>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !is_ours(headers, &state.config().hosts) {
        return Refusal::UnknownHost.into_response();
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && !is_same_site(headers) {
        return Refusal::OtherSite.into_response();
    }
    next.run(request).await
}

/// Whether the stand-in was asked for by a name that nobody else can point at it. An address is no name.
fn is_ours(headers: &HeaderMap, known: &[String]) -> bool {
    let Some(host) = host(headers) else { return false };
    let name = host.host().trim_start_matches('[').trim_end_matches(']').to_lowercase();
    name.parse::<IpAddr>().is_ok()
        || name == "localhost"
        || name.ends_with(".localhost")
        || known.iter().any(|known| known.to_lowercase() == name)
}

/// What browsers say of where a request comes from; other programs say nothing.
fn is_same_site(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    let (Some(origin), Some(host)) = (origin, host(headers)) else { return false };
    origin.eq_ignore_ascii_case(host.as_str())
}

fn host(headers: &HeaderMap) -> Option<Authority> {
    headers.get(HOST)?.to_str().ok()?.parse().ok()
}
