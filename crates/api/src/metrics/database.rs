//! Whether the database answers, and what waits in it to leave.
//!
//! A job looks every few seconds. So a scrape costs the database nothing, however often somebody scrapes, and never waits
//! for one that hangs.

use std::sync::atomic::AtomicU64;

use portcullis_adapters::store::Connections;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::port::Backlog;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::labels::Label;
use super::unix_seconds;

/// Whether the database answers, and what waits in it to leave.
#[derive(Debug)]
pub struct DatabaseMetrics {
    up: Gauge,
    connections: Family<[Label; 2], Gauge<u64, AtomicU64>>,
    messages: Family<[Label; 1], Gauge<u64, AtomicU64>>,
    oldest: Family<[Label; 1], Gauge<f64, AtomicU64>>,
}

impl DatabaseMetrics {
    pub(super) fn register(own: &mut Registry) -> Self {
        let metrics = Self {
            up: Gauge::default(),
            connections: Family::default(),
            messages: Family::default(),
            oldest: Family::default(),
        };
        own.register("database_up", "1 when the database answered the last time it was looked at", metrics.up.clone());
        let what = "Connections to the database, by what they are for and whether they are in use";
        own.register("store_connections", what, metrics.connections.clone());
        let what = "Messages in the outbox that have not left, by state";
        own.register("outbox_messages", what, metrics.messages.clone());
        let what = "How long the first message of those that wait has been waiting";
        own.register_with_unit("outbox_oldest_age", what, Unit::Seconds, metrics.oldest.clone());
        metrics
    }

    /// The database was looked at; none = it did not answer, and nobody knows what waits.
    pub fn looked_at(&self, backlog: Option<&Backlog>, now: Timestamp) {
        self.up.set(backlog.is_some().into());
        let Some(backlog) = backlog else {
            self.messages.clear();
            self.oldest.clear();
            return;
        };
        self.messages.get_or_create(&[("state", "waiting")]).set(backlog.waiting);
        self.messages.get_or_create(&[("state", "buried")]).set(backlog.buried);
        let age = backlog.oldest_waiting.map_or(0.0, |at| (unix_seconds(now) - unix_seconds(at)).max(0.0));
        self.oldest.get_or_create(&[("state", "waiting")]).set(age);
    }

    /// How many connections there are.
    pub fn connected(&self, connections: &Connections) {
        for (pool, of) in [("read", connections.read), ("write", connections.write)] {
            for (state, number) in [("used", of.used), ("idle", of.idle)] {
                self.connections.get_or_create(&[("pool", pool), ("state", state)]).set(number.into());
            }
        }
    }
}
