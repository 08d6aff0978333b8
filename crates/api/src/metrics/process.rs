//! Which process this is.

use std::sync::atomic::AtomicU64;

use portcullis_domain::clock::Timestamp;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::labels::Label;
use super::unix_seconds;

/// Under the name every program has it.
pub(super) fn register(registry: &mut Registry, started: Timestamp) {
    let start: Gauge<f64, AtomicU64> = Gauge::default();
    start.set(unix_seconds(started));
    registry.register_with_unit("process_start_time", "When the process began, since 1970", Unit::Seconds, start);
}

pub(super) fn register_build(own: &mut Registry) {
    let version: [Label; 1] = [("version", env!("CARGO_PKG_VERSION"))];
    own.register("build", "The release that runs", Info::new(version));
}
