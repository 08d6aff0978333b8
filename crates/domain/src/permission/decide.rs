//! The rules of the permission table.

use super::{ChangedRoles, PermissionRefusal, PermissionTable, PermissionsChanged};
use crate::commit::Effects;
use crate::policy::Permission;
use crate::user::Role;

/// Says which roles have some permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdatePermissions {
    /// Each permission with all the roles that are to have it, perhaps none. Those not named stay as they are.
    pub permissions: ChangedRoles,
}

/// Changes the table: event `PermissionsChanged` with what differs from the present. Nothing different, no event.
///
/// Refused: [`PermissionRefusal::AdministratorsKeep`].
pub fn update(command: &UpdatePermissions, table: &PermissionTable) -> Result<Effects, PermissionRefusal> {
    let without_admin = |permission: &Permission| {
        command.permissions.get(permission).is_some_and(|roles| !roles.contains(&Role::Admin))
    };
    if let Some(kept) = Permission::KEPT_BY_ADMINISTRATORS.into_iter().find(without_admin) {
        return Err(PermissionRefusal::AdministratorsKeep(kept));
    }
    let differs = |(permission, roles): &(&Permission, &_)| table.roles_of(**permission) != **roles;
    let permissions =
        command.permissions.iter().filter(differs).map(|(permission, roles)| (*permission, roles.clone()));
    let changed = PermissionsChanged { permissions: permissions.collect() };
    let mut effects = Effects::default();
    if !changed.permissions.is_empty() {
        effects.events.push(changed.into());
    }
    Ok(effects)
}
