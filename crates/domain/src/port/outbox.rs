//! Messages that wait to leave.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::Unavailable;
use crate::clock::Timestamp;
use crate::ids::{OutboxId, UserId};
use crate::secret::Secret;

/// A message that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its id.
    pub id: OutboxId,
    /// Messages with one key leave in order.
    pub key: String,
    /// Which template or kind of message.
    pub template: String,
    /// Whom it is about.
    pub user: Option<UserId>,
    /// What the template needs, as JSON; none when it cannot be opened, because its key is not at hand. Such a message is
    /// due like any other, so that it is put off and holds nobody up.
    pub payload: Option<Secret<String>>,
    /// When it was queued.
    pub at: Timestamp,
    /// How often it was taken for delivery; the present value of its guard.
    pub attempts: u64,
}

/// Messages that have not left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// Those that wait, whether due or not; [`Backlog::MOST`] stands for as many or more.
    pub waiting: u64,
    /// Those given up that are not forgotten yet; in the same way.
    pub buried: u64,
    /// When the first of those that wait was queued.
    pub oldest_waiting: Option<Timestamp>,
}

impl Backlog {
    /// Counting ends here.
    pub const MOST: u64 = 10_000;
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutboxState {
    /// It waits, due or not.
    Waiting,
    /// It was given up.
    Buried,
    /// It left.
    Delivered,
}

impl OutboxState {
    /// The word on the wire and in stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Buried => "buried",
            Self::Delivered => "delivered",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Buried, Self::Delivered].into_iter().find(|state| state.as_str() == text)
    }
}

/// A message as staff sees it: without key and payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRecord {
    /// Its place in the order messages were queued in; what pages go on from.
    pub place: u64,
    /// Its id.
    pub id: OutboxId,
    /// Which template or kind of message.
    pub template: String,
    /// Whom it is about.
    pub user: Option<UserId>,
    /// What became of it.
    pub state: OutboxState,
    /// How often it was taken for delivery; the present value of its guard.
    pub attempts: u64,
    /// When it was queued.
    pub at: Timestamp,
    /// It is not tried before; only while it waits.
    pub not_before: Option<Timestamp>,
    /// When it left or was given up.
    pub done_at: Option<Timestamp>,
    /// Why the last try failed, or why it was given up.
    pub reason: Option<String>,
    /// Is there a payload left to try again with?
    pub has_payload: bool,
}

/// Messages that wait to leave, at least once, in order per key.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Messages due at `now`, oldest first, at most `limit`; of each key only the oldest that is still waiting, so that
    /// order per key holds. A message whose `not_before` lies ahead holds back the others of its key.
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<OutboxEntry>, Unavailable>;

    /// How many have not left. What it costs grows with these, up to [`Backlog::MOST`], and not with those that left.
    async fn backlog(&self) -> Result<Backlog, Unavailable>;

    /// Messages in any state or in this one, the newest first, at most `limit`; those before a place, if one is given.
    async fn list(
        &self,
        state: Option<OutboxState>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<OutboxRecord>, Unavailable>;

    /// One message, whatever became of it; none when it never was or is pruned.
    async fn record(&self, id: OutboxId) -> Result<Option<OutboxRecord>, Unavailable>;
}
