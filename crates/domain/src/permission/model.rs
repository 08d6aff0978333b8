//! The permission table as it stands now.

use std::collections::{BTreeMap, BTreeSet};

use super::PermissionView;
use crate::clock::Timestamp;
use crate::event::Version;
use crate::policy::Permission;
use crate::user::Role;

/// The roles of the permissions that were ever changed.
pub type ChangedRoles = BTreeMap<Permission, BTreeSet<Role>>;

/// What roles permit together: by what was changed, and by default where nothing was.
pub fn effective(roles: &BTreeSet<Role>, changed: &ChangedRoles) -> BTreeSet<Permission> {
    let has = |permission: &Permission| match changed.get(permission) {
        Some(holders) => !holders.is_disjoint(roles),
        None => !permission.default_roles().is_disjoint(roles),
    };
    Permission::ALL.iter().copied().filter(has).collect()
}

/// What each role permits, as it was changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionTable {
    /// Version of the table's stream.
    pub version: Version,
    /// The permissions that were ever changed, in no order.
    pub changed: Vec<PermissionView>,
}

impl PermissionTable {
    /// All the roles that have a permission.
    pub fn roles_of(&self, permission: Permission) -> BTreeSet<Role> {
        self.row(permission).map_or_else(|| permission.default_roles(), |row| row.roles.clone())
    }

    /// When a permission was changed last, if it ever was.
    pub fn changed_at(&self, permission: Permission) -> Option<Timestamp> {
        self.row(permission).map(|row| row.updated_at)
    }

    fn row(&self, permission: Permission) -> Option<&PermissionView> {
        self.changed.iter().find(|row| row.permission == permission)
    }
}
