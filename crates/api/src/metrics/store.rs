//! What the store writes.

use std::time::Duration;

use portcullis_adapters::store::{CommitOutcome, StoreObserver, StoreTransaction, TransactionOutcome};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::labels::Counters;

/// Seconds. A transaction that waits for nobody takes some milliseconds; one that waits for other writers may take 30
/// up to its COMMIT, and a COMMIT that is not answered as long again and more.
const BUCKETS: [f64; 16] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
/// Commits that share a transaction: 128 at most.
const SIZES: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// What the store writes.
#[derive(Debug, Clone)]
pub struct StoreMetrics {
    commits: Counters,
    transactions: Counters,
    sizes: Histogram,
    took: Histogram,
    waited: Histogram,
}

impl StoreMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            commits: Counters::new("outcome", CommitOutcome::ALL.map(CommitOutcome::as_str)),
            transactions: Counters::new("outcome", TransactionOutcome::ALL.map(TransactionOutcome::as_str)),
            sizes: Histogram::new(SIZES),
            took: Histogram::new(BUCKETS),
            waited: Histogram::new(BUCKETS),
        };
        registry.register("commits", "Commits asked for, by outcome", metrics.commits.family.clone());
        let what = "Transactions that wrote commits, by outcome";
        registry.register("transactions", what, metrics.transactions.family.clone());
        registry.register("transaction_commits", "Commits that shared a transaction", metrics.sizes.clone());
        let what = "Time a transaction took, with its COMMIT and the wait for the turn of other writers";
        registry.register_with_unit("transaction_duration", what, Unit::Seconds, metrics.took.clone());
        let what = "Time commits waited in the queue of their process";
        registry.register_with_unit("commit_wait", what, Unit::Seconds, metrics.waited.clone());
        metrics
    }
}

impl StoreObserver for StoreMetrics {
    fn commit_waited(&self, waited: Duration) {
        self.waited.observe(waited.as_secs_f64());
    }

    fn commit_ended(&self, outcome: CommitOutcome) {
        self.commits.count(outcome.as_str());
    }

    fn transaction_ended(&self, transaction: &StoreTransaction) {
        self.transactions.count(transaction.outcome.as_str());
        self.sizes.observe(f64::from(u32::try_from(transaction.commits).unwrap_or(u32::MAX)));
        self.took.observe(transaction.took.as_secs_f64());
    }
}
