//! Writing, and reading what was written.

use async_trait::async_trait;
use thiserror::Error;

use super::Unavailable;
use crate::commit::{ClaimNamespace, Commit, GuardKey, Recalled};
use crate::event::{Position, Recorded, StreamId, Version};

/// Why a commit was not written. Whatever the answer, either everything of the commit is durable or nothing.
#[derive(Debug, Error)]
pub enum CommitError {
    /// A stream is not at the version expected; load and decide again.
    #[error("{stream} has another version")]
    Conflict {
        /// Which stream.
        stream: StreamId,
    },
    /// Somebody else has a name the commit claims.
    #[error("the {} is taken", namespace.as_str())]
    Taken {
        /// What kind of name.
        namespace: ClaimNamespace,
    },
    /// A guarded number is not what was expected; load and decide again.
    #[error("lost the race for {what:?}")]
    Lost {
        /// Which number.
        what: GuardKey,
    },
    /// The request was answered before; this is the answer.
    #[error("the request was answered before")]
    AlreadyDone(Box<Recalled>),
    /// The store cannot say or cannot write; the same commit may be handed in again.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A stretch of a stream, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionRange {
    /// The first version wanted.
    pub from: Version,
    /// The last version wanted.
    pub to: Version,
}

impl VersionRange {
    /// The whole stream.
    pub const ALL: Self = Self { from: Version::new(1), to: Version::new(i64::MAX as u64) };
}

/// The record of everything that happened, and the only way to write.
///
/// **Atomicity.** One commit is one transaction: events, view rows, private rows, work rows, claims, guards, outbox
/// messages and the idempotency record become durable together or not at all. Many commits may share one transaction;
/// each is judged on its own, in the order of arrival, and a refused one leaves no trace and hurts no other.
///
/// **Order.** Positions are contiguous from 1 in commit order. A reader who saw position *n* never later finds an event
/// at or below *n* that was not there. The versions of a stream are contiguous from 1.
///
/// **Durability.** `Ok` is answered only after the database has it durably. A call that is dropped may still take
/// effect; one that answered did or did not, as it said.
///
/// **Idempotency.** A commit handed in twice with the same id takes effect once and answers `Ok` both times.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Writes one commit. Errors in the order they are looked for: `AlreadyDone`, `Conflict`, `Lost`, `Taken`.
    async fn commit(&self, commit: Commit) -> Result<(), CommitError>;

    /// The answer remembered for a request, until it expires.
    async fn recall(&self, scope: &[u8; 32]) -> Result<Option<Recalled>, Unavailable>;

    /// Events of one stream in version order, at most `limit`. An unknown stream has none.
    async fn load(&self, stream: &StreamId, range: VersionRange, limit: u32) -> Result<Vec<Recorded>, Unavailable>;

    /// Events of all streams after a position, in position order, at most `limit`.
    async fn read_from(&self, after: Position, limit: u32) -> Result<Vec<Recorded>, Unavailable>;
}
