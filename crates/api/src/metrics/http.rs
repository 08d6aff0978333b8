//! Requests, by route.

use std::sync::atomic::AtomicU64;
use std::time::Instant;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The route of whatever we have no route for.
pub const UNKNOWN_ROUTE: &str = "(none)";
/// What became of a request whose client went away, as nginx has it.
const GONE: u16 = 499;
/// Seconds; a request takes 60 at most, and nearly all take less than one.
const BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    method: &'static str,
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    route: String,
    status: u16,
}

/// Requests, by route.
pub struct HttpMetrics {
    answered: Family<Answer, Counter>,
    took: Family<Operation, Histogram>,
    in_flight: Gauge<u64, AtomicU64>,
}

impl HttpMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            answered: Family::default(),
            took: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            in_flight: Gauge::default(),
        };
        registry.register("requests", "Requests that ended, by route and status", metrics.answered.clone());
        let what = "Time from the headers of a request to those of its answer";
        registry.register_with_unit("request_duration", what, Unit::Seconds, metrics.took.clone());
        registry.register("requests_in_flight", "Requests under way", metrics.in_flight.clone());
        metrics
    }

    /// A request has come; none = we have no route for it. It is counted when what this returns is dropped.
    pub fn begun(&self, method: &Method, route: Option<&str>) -> UnderWay<'_> {
        self.in_flight.inc();
        let route = route.unwrap_or(UNKNOWN_ROUTE).to_owned();
        UnderWay { metrics: self, method: known(method), route, began: Instant::now(), status: GONE }
    }
}

/// A request under way.
pub struct UnderWay<'a> {
    metrics: &'a HttpMetrics,
    method: &'static str,
    route: String,
    began: Instant,
    status: u16,
}

impl UnderWay<'_> {
    /// It is answered.
    pub fn answered(mut self, status: StatusCode) {
        self.status = status.as_u16();
        // A route that has no such method is none, and a body that is too large is refused before that is looked at. So
        // a client cannot make a series for each method on each route.
        if matches!(status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::PAYLOAD_TOO_LARGE) {
            UNKNOWN_ROUTE.clone_into(&mut self.route);
        }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let Self { metrics, method, status, .. } = *self;
        metrics.in_flight.dec();
        let operation = Operation { method, route: std::mem::take(&mut self.route) };
        metrics.took.get_or_create(&operation).observe(self.began.elapsed().as_secs_f64());
        metrics.answered.get_or_create(&Answer { method, route: operation.route, status }).inc();
    }
}

/// Clients may send any word for a method.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
