//! Seeing what roles permit.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use crate::clock::Timestamp;
use crate::permission::PermissionTable;
use crate::policy::{Caller, Denied, Permission};
use crate::port::Permissions;
use crate::usecase::UseCaseError;
use crate::user::Role;

/// A permission with the roles that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPermission {
    /// The permission.
    pub permission: Permission,
    /// All the roles that have it.
    pub roles: BTreeSet<Role>,
    /// When it was changed last; none as long as it is as it was made.
    pub changed_at: Option<Timestamp>,
}

/// Lists what roles permit. Whoever is signed in may see it: clients offer what their user may do.
pub struct ListPermissions {
    permissions: Arc<dyn Permissions>,
}

impl ListPermissions {
    /// Wires the use case.
    pub fn new(permissions: Arc<dyn Permissions>) -> Self {
        Self { permissions }
    }

    /// Lists every permission, or with an instant those changed at it or later.
    pub async fn execute(
        &self,
        caller: &Caller,
        since: Option<Timestamp>,
    ) -> Result<Vec<ListedPermission>, UseCaseError<Infallible>> {
        caller.operator.as_ref().ok_or(Denied)?;
        let table = self.permissions.table().await?;
        let wanted = |listed: &ListedPermission| since.is_none_or(|since| listed.changed_at >= Some(since));
        Ok(Permission::ALL.iter().map(|permission| listed(&table, *permission)).filter(wanted).collect())
    }
}

fn listed(table: &PermissionTable, permission: Permission) -> ListedPermission {
    ListedPermission { permission, roles: table.roles_of(permission), changed_at: table.changed_at(permission) }
}
