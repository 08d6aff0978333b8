//! Who may open what.

use async_trait::async_trait;

use super::{PersonHead, Unavailable};
use crate::access::Grant;
use crate::clock::Timestamp;
use crate::ids::{LockId, OrgId, UserId};
use crate::lock::{Lock, LockDetails};

/// All a command on one person and one lock looks at, read in one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessSituation {
    /// The person, if there is one.
    pub person: Option<PersonHead>,
    /// The row there is for person and lock, expired or not.
    pub grant: Option<Grant>,
    /// The lock, if it is registered.
    pub lock: Option<Lock>,
}

/// A person with all grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantList {
    /// The person.
    pub person: PersonHead,
    /// The grants, each with the organisation its lock belongs to where that is registered.
    pub grants: Vec<(Grant, Option<OrgId>)>,
}

/// One person on a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantHolder {
    /// The person.
    pub user: UserId,
    /// What the person has.
    pub grant: Grant,
}

/// Some of the people on a lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HolderPage {
    /// In the order of their ids, each once.
    pub holders: Vec<GrantHolder>,
    /// Are there others after these?
    pub more: bool,
}

/// Grants and locks as the views have them. Rows come with their windows; applying them to a moment is the caller's,
/// but for [`holders_at`](Self::holders_at), whose pages are full of those who count.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait LockAccess: Send + Sync {
    /// Person, grant and lock at once.
    async fn situation(&self, user: UserId, lock: &LockId) -> Result<AccessSituation, Unavailable>;

    /// A person with all grants in the order they were granted (then by lock id); `None` for an unknown person.
    async fn grants_of(&self, user: UserId) -> Result<Option<GrantList>, Unavailable>;

    /// Who could open a lock at an instant: people in the order of their ids, after `after`, at most `limit`.
    ///
    /// Somebody counts with a grant that was there (granted at or before the instant, not gone by it) and whose window
    /// holds the instant, while being active at it. A past instant is answered from what was recorded, past grants and
    /// past statuses included; a coming one from the present grants and statuses. Where a clock that was set back made
    /// two grants of one person match, the one granted last is told.
    async fn holders_at(
        &self,
        lock: &LockId,
        at: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<HolderPage, Unavailable>;

    /// The people of the `limit` grants that are over longest at `now` and still there, in that order, each once.
    async fn people_with_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<UserId>, Unavailable>;

    /// A lock; `None` when it is not registered.
    async fn lock(&self, id: &LockId) -> Result<Option<Lock>, Unavailable>;

    /// A lock with all that is known of it; `None` when it is not registered.
    async fn details(&self, id: &LockId) -> Result<Option<LockDetails>, Unavailable>;

    /// The locks a person owns, in the order of their ids; nobody's and an unknown person's are none.
    async fn owned_by(&self, owner: UserId) -> Result<Vec<Lock>, Unavailable>;
}
