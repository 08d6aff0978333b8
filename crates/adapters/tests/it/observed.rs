//! An observer that keeps what it is told.

use std::sync::Mutex;
use std::time::Duration;

use portcullis_adapters::store::{CommitOutcome, StoreObserver, StoreTransaction};

/// What the store told of what it wrote.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    pub(crate) waits: Mutex<Vec<Duration>>,
    pub(crate) commits: Mutex<Vec<CommitOutcome>>,
    pub(crate) transactions: Mutex<Vec<StoreTransaction>>,
}

impl StoreObserver for Observed {
    fn commit_waited(&self, waited: Duration) {
        self.waits.lock().unwrap().push(waited);
    }

    fn commit_ended(&self, outcome: CommitOutcome) {
        self.commits.lock().unwrap().push(outcome);
    }

    fn transaction_ended(&self, transaction: &StoreTransaction) {
        self.transactions.lock().unwrap().push(transaction.clone());
    }
}
