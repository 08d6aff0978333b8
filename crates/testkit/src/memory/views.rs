//! View rows: made of events alone.

use std::collections::BTreeMap;

use portcullis_domain::access::{Grant, GrantView};
use portcullis_domain::camera_role::{CameraRoleStatus, CameraRoleUserView, CameraRoleView};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::{Envelope, Version};
use portcullis_domain::ids::{ApiKeyPrefix, CameraRoleId, LockId, OrgId, UserId};
use portcullis_domain::lock::LockView;
use portcullis_domain::org::{ApiKeyView, TenantView};
use portcullis_domain::permission::{PermissionTableView, PermissionView};
use portcullis_domain::policy::Permission;
use portcullis_domain::projection::{ViewChange, project};
use portcullis_domain::user::{AccountView, StatusChangeView, UserView};

/// A grant that left.
#[derive(Debug)]
pub(super) struct PastGrant {
    pub(super) grant: Grant,
    pub(super) removed_at: Timestamp,
}

#[derive(Debug, Default)]
pub(super) struct Views {
    pub(super) users: BTreeMap<UserId, UserView>,
    pub(super) status_changes: BTreeMap<(UserId, Version), StatusChangeView>,
    pub(super) accounts: BTreeMap<UserId, AccountView>,
    pub(super) grants: BTreeMap<(UserId, LockId), GrantView>,
    /// By person and the event by which they left.
    pub(super) past_grants: BTreeMap<(UserId, Version), PastGrant>,
    pub(super) locks: BTreeMap<LockId, LockView>,
    pub(super) tenants: BTreeMap<OrgId, TenantView>,
    pub(super) api_keys: BTreeMap<ApiKeyPrefix, ApiKeyView>,
    pub(super) permission_table: Option<PermissionTableView>,
    pub(super) permissions: BTreeMap<Permission, PermissionView>,
    pub(super) camera_roles: BTreeMap<CameraRoleId, CameraRoleView>,
    pub(super) camera_role_users: BTreeMap<(CameraRoleId, UserId), CameraRoleUserView>,
}

impl Views {
    pub(super) fn take(&mut self, envelope: &Envelope) {
        for change in project(envelope) {
            self.change(change);
        }
    }

    fn change(&mut self, change: ViewChange) {
        match change {
            ViewChange::User(row) => drop(self.users.insert(row.user, row)),
            ViewChange::UserStatus { user, status } => {
                if let Some(row) = self.users.get_mut(&user) {
                    row.status = status;
                }
            }
            ViewChange::StatusChange(row) => drop(self.status_changes.insert((row.user, row.version), row)),
            ViewChange::Account(row) => drop(self.accounts.insert(row.user, row)),
            ViewChange::AccountGone(user) => drop(self.accounts.remove(&user)),
            ViewChange::Grant(row) => drop(self.grants.insert((row.user, row.grant.lock.clone()), row)),
            ViewChange::GrantGone { user, lock, version, removed_at } => {
                if let Some(GrantView { user, grant }) = self.grants.remove(&(user, lock)) {
                    self.past_grants.insert((user, version), PastGrant { grant, removed_at });
                }
            }
            ViewChange::Lock(row) => drop(self.locks.insert(row.lock.clone(), row)),
            ViewChange::LockOrg { lock, org } => self.lock(&lock, |row| row.org = org),
            ViewChange::LockOwner { lock, owner } => self.lock(&lock, |row| row.owner = owner),
            ViewChange::Tenant(row) => drop(self.tenants.insert(row.org.clone(), row)),
            ViewChange::ApiKey(row) => drop(self.api_keys.insert(row.prefix.clone(), row)),
            ViewChange::ApiKeyRevoked { prefix, at } => {
                if let Some(row) = self.api_keys.get_mut(&prefix) {
                    row.revoked_at = Some(at);
                }
            }
            ViewChange::PermissionTable(row) => self.permission_table = Some(row),
            ViewChange::Permission(row) => drop(self.permissions.insert(row.permission, row)),
            ViewChange::CameraRole(row) => drop(self.camera_roles.insert(row.role.clone(), row)),
            ViewChange::CameraRoleUser(row) => {
                drop(self.camera_role_users.insert((row.role.clone(), row.user), row));
            }
            ViewChange::CameraRoleUserGone { role, user } => drop(self.camera_role_users.remove(&(role, user))),
            ViewChange::CameraRoleDeleted(role) => {
                self.camera_role_users.retain(|(of, _), _| *of != role);
                if let Some(row) = self.camera_roles.get_mut(&role) {
                    row.status = CameraRoleStatus::Deleted;
                }
            }
        }
    }

    fn lock(&mut self, lock: &LockId, change: impl FnOnce(&mut LockView)) {
        if let Some(row) = self.locks.get_mut(lock) {
            change(row);
        }
    }

    pub(super) fn counts(&self) -> [(&'static str, usize); 12] {
        [
            ("view_users", self.users.len()),
            ("view_status_changes", self.status_changes.len()),
            ("view_accounts", self.accounts.len()),
            ("view_grants", self.grants.len()),
            ("view_past_grants", self.past_grants.len()),
            ("view_locks", self.locks.len()),
            ("view_tenants", self.tenants.len()),
            ("view_api_keys", self.api_keys.len()),
            ("view_permissions", self.permissions.len()),
            ("view_camera_roles", self.camera_roles.len()),
            ("view_camera_role_users", self.camera_role_users.len()),
            ("view_permission_tables", usize::from(self.permission_table.is_some())),
        ]
    }

    pub(super) fn dump(&self) -> String {
        let past_grants = self.past_grants.iter();
        let past_grants = past_grants.map(|((user, version), row)| (user, version, &row.grant, row.removed_at));
        let dump = serde_json::json!({
            "users": self.users.values().collect::<Vec<_>>(),
            "status_changes": self.status_changes.values().collect::<Vec<_>>(),
            "accounts": self.accounts.values().collect::<Vec<_>>(),
            "grants": self.grants.values().collect::<Vec<_>>(),
            "past_grants": past_grants.collect::<Vec<_>>(),
            "locks": self.locks.values().collect::<Vec<_>>(),
            "tenants": self.tenants.values().collect::<Vec<_>>(),
            "api_keys": self.api_keys.values().collect::<Vec<_>>(),
            "permissions": self.permissions.values().collect::<Vec<_>>(),
            "permission_table": self.permission_table,
            "camera_roles": self.camera_roles.values().collect::<Vec<_>>(),
            "camera_role_users": self.camera_role_users.values().collect::<Vec<_>>(),
        });
        format!("{dump:#}")
    }
}
