//! View rows: made of events alone.

use std::collections::BTreeMap;

use portcullis_domain::access::GrantView;
use portcullis_domain::event::{Envelope, Version};
use portcullis_domain::ids::{ApiKeyPrefix, LockId, OrgId, UserId};
use portcullis_domain::lock::LockView;
use portcullis_domain::org::{ApiKeyView, TenantView};
use portcullis_domain::projection::{ViewChange, project};
use portcullis_domain::user::{AccountView, StatusChangeView, UserView};

#[derive(Debug, Default)]
pub(super) struct Views {
    pub(super) users: BTreeMap<UserId, UserView>,
    pub(super) status_changes: BTreeMap<(UserId, Version), StatusChangeView>,
    pub(super) accounts: BTreeMap<UserId, AccountView>,
    pub(super) grants: BTreeMap<(UserId, LockId), GrantView>,
    pub(super) locks: BTreeMap<LockId, LockView>,
    pub(super) tenants: BTreeMap<OrgId, TenantView>,
    pub(super) api_keys: BTreeMap<ApiKeyPrefix, ApiKeyView>,
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
            ViewChange::Grant(row) => drop(self.grants.insert((row.user, row.grant.lock.clone()), row)),
            ViewChange::GrantGone { user, lock } => drop(self.grants.remove(&(user, lock))),
            ViewChange::Lock(row) => drop(self.locks.insert(row.lock.clone(), row)),
            ViewChange::Tenant(row) => drop(self.tenants.insert(row.org.clone(), row)),
            ViewChange::ApiKey(row) => drop(self.api_keys.insert(row.prefix.clone(), row)),
            ViewChange::ApiKeyRevoked { prefix, at } => {
                if let Some(row) = self.api_keys.get_mut(&prefix) {
                    row.revoked_at = Some(at);
                }
            }
        }
    }

    pub(super) fn counts(&self) -> [(&'static str, usize); 7] {
        [
            ("view_users", self.users.len()),
            ("view_status_changes", self.status_changes.len()),
            ("view_accounts", self.accounts.len()),
            ("view_grants", self.grants.len()),
            ("view_locks", self.locks.len()),
            ("view_tenants", self.tenants.len()),
            ("view_api_keys", self.api_keys.len()),
        ]
    }

    pub(super) fn dump(&self) -> String {
        let dump = serde_json::json!({
            "users": self.users.values().collect::<Vec<_>>(),
            "status_changes": self.status_changes.values().collect::<Vec<_>>(),
            "accounts": self.accounts.values().collect::<Vec<_>>(),
            "grants": self.grants.values().collect::<Vec<_>>(),
            "locks": self.locks.values().collect::<Vec<_>>(),
            "tenants": self.tenants.values().collect::<Vec<_>>(),
            "api_keys": self.api_keys.values().collect::<Vec<_>>(),
        });
        format!("{dump:#}")
    }
}
