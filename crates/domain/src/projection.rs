//! How views change: said once, here, for every store. Stores only apply what they are told, in order.

use crate::access::{self, GrantView};
use crate::clock::Timestamp;
use crate::event::Envelope;
use crate::ids::{ApiKeyPrefix, LockId, UserId};
use crate::lock::{self, LockView};
use crate::org::{self, ApiKeyView, TenantView};
use crate::user::{self, AccountView, StatusChangeView, UserStatus, UserView};

/// One change of one view row. `Put`s replace the row of the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewChange {
    /// Put a person.
    User(UserView),
    /// Change a person's status, and nothing else of the row.
    UserStatus {
        /// The person.
        user: UserId,
        /// The status from now on.
        status: UserStatus,
    },
    /// Put a change of status, beside those before it.
    StatusChange(StatusChangeView),
    /// Put an account.
    Account(AccountView),
    /// Put a grant.
    Grant(GrantView),
    /// Delete a grant.
    GrantGone {
        /// The person.
        user: UserId,
        /// The lock.
        lock: LockId,
    },
    /// Put a lock.
    Lock(LockView),
    /// Put an organisation.
    Tenant(TenantView),
    /// Put a key.
    ApiKey(ApiKeyView),
    /// Mark a key as revoked.
    ApiKeyRevoked {
        /// The key's public part.
        prefix: ApiKeyPrefix,
        /// When.
        at: Timestamp,
    },
}

/// The changes an event makes, in order.
pub fn project(envelope: &Envelope) -> Vec<ViewChange> {
    [user::project, access::project, lock::project, org::project].into_iter().flat_map(|area| area(envelope)).collect()
}
