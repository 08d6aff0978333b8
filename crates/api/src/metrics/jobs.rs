//! Work beside requests.

use std::sync::atomic::AtomicU64;

use portcullis_domain::clock::Timestamp;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::labels::Label;
use super::unix_seconds;

/// Work beside requests.
#[derive(Debug)]
pub struct JobMetrics {
    runs: Family<[Label; 2], Counter>,
    succeeded: Family<[Label; 1], Gauge<f64, AtomicU64>>,
}

impl JobMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self { runs: Family::default(), succeeded: Family::default() };
        registry.register("runs", "Runs of jobs that ended, by outcome", metrics.runs.clone());
        let what = "When a job last did its work, since 1970";
        registry.register_with_unit("last_success_timestamp", what, Unit::Seconds, metrics.succeeded.clone());
        metrics
    }

    /// There is such a job; it has not run yet.
    pub fn begun(&self, job: &'static str) {
        for succeeded in [true, false] {
            drop(self.runs.get_or_create(&[("job", job), outcome(succeeded)]));
        }
    }

    /// A run of a job ended.
    pub fn ended(&self, job: &'static str, succeeded: bool, now: Timestamp) {
        self.runs.get_or_create(&[("job", job), outcome(succeeded)]).inc();
        if succeeded {
            self.succeeded.get_or_create(&[("job", job)]).set(unix_seconds(now));
        }
    }
}

const fn outcome(succeeded: bool) -> Label {
    ("outcome", if succeeded { "ok" } else { "failed" })
}
