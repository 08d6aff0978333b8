//! Messages that wait to leave.

use async_trait::async_trait;

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

/// Messages that wait to leave, at least once, in order per key.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Messages due at `now`, oldest first, at most `limit`; of each key only the oldest that is still waiting, so that
    /// order per key holds. A message whose `not_before` lies ahead holds back the others of its key.
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<OutboxEntry>, Unavailable>;

    /// How many wait, whether due or not; delivered and buried ones do not count.
    async fn waiting(&self) -> Result<u64, Unavailable>;
}
