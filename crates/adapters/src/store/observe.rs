//! What whoever counts is told of the write path.

use std::time::Duration;

use portcullis_domain::port::CommitError;

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitOutcome {
    /// It is durable.
    Written,
    /// The request was answered before.
    Repeated,
    /// A stream had another version: the caller decides again, or is told so.
    Conflict,
    /// A guarded number was another one, with the same consequence.
    Lost,
    /// Somebody else has a name it claims.
    Taken,
    /// The store could not write it, or turned it away.
    Failed,
}

impl CommitOutcome {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Written, Self::Repeated, Self::Conflict, Self::Lost, Self::Taken, Self::Failed];

    /// One word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Written => "ok",
            Self::Repeated => "repeated",
            Self::Conflict => "conflict",
            Self::Lost => "lost",
            Self::Taken => "taken",
            Self::Failed => "failed",
        }
    }

    pub(super) const fn of(answer: &Result<(), CommitError>) -> Self {
        match answer {
            Ok(()) => Self::Written,
            Err(CommitError::AlreadyDone(_)) => Self::Repeated,
            Err(CommitError::Conflict { .. }) => Self::Conflict,
            Err(CommitError::Lost { .. }) => Self::Lost,
            Err(CommitError::Taken { .. }) => Self::Taken,
            Err(CommitError::Unavailable(_)) => Self::Failed,
        }
    }
}

/// How a transaction of the write path ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionOutcome {
    /// It is durable.
    Committed,
    /// All its commits were refused, so there was nothing to write.
    Empty,
    /// It failed. Its commits are tried again, all or by halves, if that may help.
    Failed,
}

impl TransactionOutcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Committed, Self::Empty, Self::Failed];

    /// One word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Committed => "ok",
            Self::Empty => "empty",
            Self::Failed => "failed",
        }
    }
}

/// A transaction of the write path that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreTransaction {
    /// How.
    pub outcome: TransactionOutcome,
    /// How many commits shared it, refused ones among them.
    pub commits: usize,
    /// How long it took until its outcome was known, with the wait for a connection and for the turn of other writers.
    pub took: Duration,
}

/// Told of everything that is written. Called on the write path itself, so it must not wait for anything.
pub trait StoreObserver: Send + Sync {
    /// A commit waited for so long in the queue of this process, until a batch took it.
    fn commit_waited(&self, waited: Duration);

    /// A commit ended, whether somebody still wants to know or not.
    fn commit_ended(&self, outcome: CommitOutcome);

    /// A transaction ended.
    fn transaction_ended(&self, transaction: &StoreTransaction);
}

/// Nobody counts.
pub(super) struct Nobody;

impl StoreObserver for Nobody {
    fn commit_waited(&self, _: Duration) {}

    fn commit_ended(&self, _: CommitOutcome) {}

    fn transaction_ended(&self, _: &StoreTransaction) {}
}

/// The connections of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// At work for somebody.
    pub used: u32,
    /// Open and free.
    pub idle: u32,
}

/// The connections to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Those that read.
    pub read: PoolUse,
    /// Those that write.
    pub write: PoolUse,
}
