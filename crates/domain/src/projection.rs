//! How views change: said once, here, for every store. Stores only apply what they are told, in order.

use crate::access::{self, GrantView};
use crate::camera_role::{self, CameraRoleUserView, CameraRoleView};
use crate::clock::Timestamp;
use crate::event::{Envelope, Version};
use crate::ids::{ApiKeyPrefix, CameraRoleId, LockId, OrgId, UserId};
use crate::lock::{self, LockView};
use crate::org::{self, ApiKeyView, TenantView};
use crate::permission::{self, PermissionTableView, PermissionView};
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
    /// Take an account away.
    AccountGone(UserId),
    /// Put a grant.
    Grant(GrantView),
    /// Move a grant to those that are past, where it stays for good. Without such a grant nothing happens.
    GrantGone {
        /// The person.
        user: UserId,
        /// The lock.
        lock: LockId,
        /// Version of the event on the person's stream: with the person the key of the past grant.
        version: Version,
        /// When it was gone.
        removed_at: Timestamp,
    },
    /// Put a lock.
    Lock(LockView),
    /// Change the organisation of a lock.
    LockOrg {
        /// The lock.
        lock: LockId,
        /// The organisation it belongs to.
        org: OrgId,
    },
    /// Change the owner of a lock.
    LockOwner {
        /// The lock.
        lock: LockId,
        /// The person who owns it, if anybody does.
        owner: Option<UserId>,
    },
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
    /// Put the permission table.
    PermissionTable(PermissionTableView),
    /// Put a permission.
    Permission(PermissionView),
    /// Put a camera role.
    CameraRole(CameraRoleView),
    /// Put a person into a camera role.
    CameraRoleUser(CameraRoleUserView),
    /// Take a person out of a camera role.
    CameraRoleUserGone {
        /// The role.
        role: CameraRoleId,
        /// The person.
        user: UserId,
    },
    /// Mark a camera role as deleted, and take everybody out of it.
    CameraRoleDeleted(CameraRoleId),
}

/// The changes an event makes, in order.
pub fn project(envelope: &Envelope) -> Vec<ViewChange> {
    [user::project, access::project, lock::project, org::project, permission::project, camera_role::project]
        .into_iter()
        .flat_map(|area| area(envelope))
        .collect()
}
