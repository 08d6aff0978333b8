//! Who may open what.

use async_trait::async_trait;

use super::{PersonHead, Unavailable};
use crate::access::Grant;
use crate::event::Version;
use crate::ids::{LockId, UserId};
use crate::lock::Lock;

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
    /// The grants, each with its lock where that is registered.
    pub grants: Vec<(Grant, Option<Lock>)>,
}

/// One person on a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantHolder {
    /// The person.
    pub user: UserId,
    /// What the person has.
    pub grant: Grant,
}

/// Grants and locks as the views have them. Rows come with their windows; applying them to a moment is the caller's.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait LockAccess: Send + Sync {
    /// Person, grant and lock at once.
    async fn situation(&self, user: UserId, lock: &LockId) -> Result<AccessSituation, Unavailable>;

    /// A person with all grants in the order they were granted (then by lock id); `None` for an unknown person.
    async fn grants_of(&self, user: UserId) -> Result<Option<GrantList>, Unavailable>;

    /// People with a grant on a lock, in the order of their ids, after `after`, at most `limit`.
    async fn users_of(&self, lock: &LockId, after: Option<UserId>, limit: u32)
    -> Result<Vec<GrantHolder>, Unavailable>;

    /// A lock; `None` when it is not registered.
    async fn lock(&self, id: &LockId) -> Result<Option<Lock>, Unavailable>;

    /// The locks a person owns, in the order of their ids; nobody's and an unknown person's are none.
    async fn owned_by(&self, owner: UserId) -> Result<Vec<Lock>, Unavailable>;

    /// Version of a lock's stream, 0 when it is not registered.
    async fn lock_version(&self, id: &LockId) -> Result<Version, Unavailable>;
}
