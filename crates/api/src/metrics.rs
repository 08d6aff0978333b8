//! What is counted, for Prometheus. Labels come from short fixed lists, so that the number of series is bounded.

use std::fmt;
use std::sync::atomic::AtomicU64;

use portcullis_adapters::threedeye::{ThreeDEyeCall, ThreeDEyeObserver};
use portcullis_domain::port::{CircuitState, GatewayHealth};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Content type of [`Metrics::render`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds; a call takes 25 at most.
const BUCKETS: [f64; 10] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

type Label = (&'static str, &'static str);

/// Counters of this process.
pub struct Metrics {
    registry: Registry,
    calls: Family<[Label; 2], Counter>,
    took: Family<[Label; 1], Histogram>,
    waited: Histogram,
    circuit: Family<[Label; 1], Gauge>,
    failures: Gauge<u64, AtomicU64>,
    in_flight: Gauge<u64, AtomicU64>,
    waiting: Gauge<u64, AtomicU64>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics(…)")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("portcullis_threedeye"),
            calls: Family::default(),
            took: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            waited: Histogram::new(BUCKETS),
            circuit: Family::default(),
            failures: Gauge::default(),
            in_flight: Gauge::default(),
            waiting: Gauge::default(),
        };
        let all = &mut metrics.registry;
        all.register("calls", "Calls of 3dEye, by operation and outcome", metrics.calls.clone());
        let what = "Time from letting a call through to its end, of calls that were sent";
        all.register_with_unit("call_duration", what, Unit::Seconds, metrics.took.clone());
        let what = "Time calls waited for a place among those under way";
        all.register_with_unit("call_wait", what, Unit::Seconds, metrics.waited.clone());
        all.register("circuit_state", "1 for the state the circuit is in", metrics.circuit.clone());
        all.register("failures", "Technical failures since the last call that was answered", metrics.failures.clone());
        all.register("calls_in_flight", "Calls under way", metrics.in_flight.clone());
        all.register("calls_waiting", "Calls that wait for one of those to end", metrics.waiting.clone());
        metrics
    }

    /// Everything counted, as text.
    pub fn render(&self, health: &GatewayHealth) -> Result<String, fmt::Error> {
        for state in CircuitState::ALL {
            let present = health.configured && state == health.circuit;
            self.circuit.get_or_create(&[("state", state.as_str())]).set(i64::from(present));
        }
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        self.failures.set(u64::from(health.failures));
        self.in_flight.set(number(health.in_flight));
        self.waiting.set(number(health.waiting));
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl ThreeDEyeObserver for Metrics {
    fn call_ended(&self, call: &ThreeDEyeCall<'_>) {
        let operation = ("operation", call.operation.as_str());
        self.calls.get_or_create(&[operation, ("outcome", call.outcome_name())]).inc();
        self.waited.observe(call.waited.as_secs_f64());
        if call.was_sent() {
            self.took.get_or_create(&[operation]).observe(call.took.as_secs_f64());
        }
    }
}
