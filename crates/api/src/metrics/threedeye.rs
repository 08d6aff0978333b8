//! Calls of 3dEye.

use std::sync::atomic::AtomicU64;

use portcullis_adapters::threedeye::{ThreeDEyeCall, ThreeDEyeObserver};
use portcullis_domain::port::{CircuitState, GatewayHealth};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::labels::Label;

/// Seconds; a call takes 25 at most.
const BUCKETS: [f64; 10] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Calls of 3dEye.
#[derive(Debug, Clone)]
pub struct ThreeDEyeMetrics {
    calls: Family<[Label; 2], Counter>,
    took: Family<[Label; 1], Histogram>,
    waited: Histogram,
    circuit: Family<[Label; 1], Gauge>,
    failures: Gauge<u64, AtomicU64>,
    in_flight: Gauge<u64, AtomicU64>,
    waiting: Gauge<u64, AtomicU64>,
}

impl ThreeDEyeMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            calls: Family::default(),
            took: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            waited: Histogram::new(BUCKETS),
            circuit: Family::default(),
            failures: Gauge::default(),
            in_flight: Gauge::default(),
            waiting: Gauge::default(),
        };
        registry.register("calls", "Calls of 3dEye, by operation and outcome", metrics.calls.clone());
        let what = "Time from letting a call through to its end, of calls that were sent";
        registry.register_with_unit("call_duration", what, Unit::Seconds, metrics.took.clone());
        let what = "Time calls waited for a place among those under way";
        registry.register_with_unit("call_wait", what, Unit::Seconds, metrics.waited.clone());
        registry.register("circuit_state", "1 for the state the circuit is in", metrics.circuit.clone());
        let what = "Technical failures since the last call that was answered";
        registry.register("failures", what, metrics.failures.clone());
        registry.register("calls_in_flight", "Calls under way", metrics.in_flight.clone());
        registry.register("calls_waiting", "Calls that wait for one of those to end", metrics.waiting.clone());
        metrics
    }

    /// How the way to 3dEye is just now.
    pub(super) fn read(&self, health: &GatewayHealth) {
        for state in CircuitState::ALL {
            let present = health.configured && state == health.circuit;
            self.circuit.get_or_create(&[("state", state.as_str())]).set(i64::from(present));
        }
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        self.failures.set(u64::from(health.failures));
        self.in_flight.set(number(health.in_flight));
        self.waiting.set(number(health.waiting));
    }
}

impl ThreeDEyeObserver for ThreeDEyeMetrics {
    fn call_ended(&self, call: &ThreeDEyeCall<'_>) {
        let operation = ("operation", call.operation.as_str());
        self.calls.get_or_create(&[operation, ("outcome", call.outcome_name())]).inc();
        self.waited.observe(call.waited.as_secs_f64());
        if call.was_sent() {
            self.took.get_or_create(&[operation]).observe(call.took.as_secs_f64());
        }
    }
}
