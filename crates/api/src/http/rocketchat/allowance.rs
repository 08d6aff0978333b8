//! The rate limit on this wire: the headers on every answer, and the one place where calls are counted.
//!
//! A call is counted when its [`Session`](super::session::Session) is made, which no handler does without: as soon as
//! it is known who calls, or after the body was looked at where the contract says so. What stopped before is not counted,
//! and told how it stands.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use portcullis_domain::policy::{Action, Caller, Resource, allows};

use crate::app::App;
use crate::http::client::Client;
use crate::http::rate_limit::{RateLimit, Standing, TooMany};
use crate::http::style::Style;

/// Calls a window has, those left in it, and when it ends (milliseconds since 1970).
pub(crate) const HEADERS: [HeaderName; 3] = [
    HeaderName::from_static("x-ratelimit-limit"),
    HeaderName::from_static("x-ratelimit-remaining"),
    HeaderName::from_static("x-ratelimit-reset"),
];

/// What came of a call.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    Counted(Standing),
    /// The caller may call as often as one likes, and is told nothing.
    Exempt,
}

/// A call to be counted; absent where there is no limit.
#[derive(Debug, Clone)]
pub(crate) struct Allowance {
    route: MatchedPath,
    address: Option<IpAddr>,
    outcome: Arc<OnceLock<Outcome>>,
}

impl Allowance {
    /// The one of a request.
    pub(crate) fn of(parts: &Parts) -> Option<Self> {
        parts.extensions.get::<Self>().cloned()
    }

    /// Counts the call, unless the caller is exempt.
    pub(crate) fn count(&self, app: &App, caller: &Caller) -> Result<(), TooMany> {
        let Some(limit) = &app.rate_limit else { return Ok(()) };
        if allows(caller, Action::BypassRateLimit, Resource::Service).is_ok() {
            let _ = self.outcome.set(Outcome::Exempt);
            return Ok(());
        }
        let (standing, allowed) = limit.count(self.route.as_str(), self.address);
        let _ = self.outcome.set(Outcome::Counted(standing));
        allowed
    }

    fn standing(&self, limit: &RateLimit) -> Option<Standing> {
        match self.outcome.get() {
            Some(Outcome::Counted(standing)) => Some(*standing),
            Some(Outcome::Exempt) => None,
            None => Some(limit.peek(self.route.as_str(), self.address)),
        }
    }
}

/// Hands every call of a route of this style its allowance, and tells in the answer how it stands.
pub(crate) async fn tell_allowance(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let route =
        request.extensions().get::<MatchedPath>().filter(|route| Style::of(route.as_str()) == Style::RocketChat);
    let (Some(limit), Some(route)) = (&app.rate_limit, route.cloned()) else { return next.run(request).await };
    let address = Client::address(request.headers(), request.extensions(), app.settings.trusted_proxy_hops);
    let allowance = Allowance { route, address, outcome: Arc::default() };
    request.extensions_mut().insert(allowance.clone());
    let mut answer = next.run(request).await;
    if let Some(Standing { limit, remaining, reset }) = allowance.standing(limit) {
        let reset = u64::try_from(reset.unix_millis()).unwrap_or_default();
        for (name, value) in HEADERS.into_iter().zip([limit.into(), remaining.into(), reset]) {
            answer.headers_mut().insert(name, HeaderValue::from(value));
        }
    }
    answer
}
