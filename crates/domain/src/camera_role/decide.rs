//! The rules about camera roles. What 3dEye was asked to do comes before: these say what is written of it.

use super::{
    CameraRole, CameraRoleCreated, CameraRoleDeleted, CameraRoleRefusal, CameraRoleUserAssigned, CameraRoleUserRemoved,
    Member, Membership,
};
use crate::clock::Timestamp;
use crate::event::Event;
use crate::ids::{CameraRoleId, OrgId, ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use crate::text::FreeText;

/// A role to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateCameraRole {
    /// The role.
    pub role: CameraRoleId,
    /// The organisation it belongs to.
    pub org: OrgId,
    /// Its name, without spaces around it.
    pub name: FreeText,
    /// What it is for.
    pub description: Option<FreeText>,
}

/// A role to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteCameraRole {
    /// The role.
    pub role: CameraRoleId,
    /// Who deletes it, as the caller says.
    pub deleted_by: FreeText,
}

/// Decides whether a role may be made; none when it is there as wanted, or nothing is `made` at 3dEye yet.
pub fn create(
    command: &CreateCameraRole,
    existing: Option<&CameraRole>,
    made: Option<&ThreeDEyeRoleId>,
    now: Timestamp,
) -> Result<Option<Event>, CameraRoleRefusal> {
    if let Some(role) = existing {
        let same = role.org == command.org && role.name == command.name && role.description == command.description;
        return match (role.is_active(), same) {
            (false, _) => Err(CameraRoleRefusal::Deleted),
            (true, true) => Ok(None),
            (true, false) => Err(CameraRoleRefusal::Exists),
        };
    }
    Ok(made.map(|threedeye_role| {
        CameraRoleCreated {
            role_id: command.role.clone(),
            name: command.name.clone(),
            description: command.description.clone(),
            org_id: command.org.clone(),
            three_deye_role_id: threedeye_role.clone(),
            created_at: now,
        }
        .into()
    }))
}

/// What is written when an account was given a role; none when the person is in it already.
pub fn assign(
    role: &CameraRole,
    user: UserId,
    member: Option<&Member>,
    account: &ThreeDEyeUserId,
    now: Timestamp,
) -> Option<Event> {
    member.is_none().then(|| {
        CameraRoleUserAssigned {
            role_id: role.id.clone(),
            user_id: user,
            three_deye_user_id: account.clone(),
            assigned_at: now,
        }
        .into()
    })
}

/// Decides whether a person may be taken out of a role. `account`: the one it has now, where that is known.
pub fn remove(
    role: &CameraRole,
    member: Option<&Member>,
    account: Option<&ThreeDEyeUserId>,
    now: Timestamp,
) -> Result<Event, CameraRoleRefusal> {
    let member = member.ok_or(CameraRoleRefusal::NotAssigned)?;
    Ok(CameraRoleUserRemoved {
        role_id: role.id.clone(),
        user_id: member.user,
        three_deye_user_id: account.unwrap_or(&member.threedeye_user).clone(),
        removed_at: now,
    }
    .into())
}

/// The events by which a person leaves every role when it is deleted, in the order given.
pub fn remove_all(user: UserId, memberships: &[Membership], now: Timestamp) -> Vec<Event> {
    let left = |membership: &Membership| {
        CameraRoleUserRemoved {
            role_id: membership.role.clone(),
            user_id: user,
            three_deye_user_id: membership.threedeye_user.clone(),
            removed_at: now,
        }
        .into()
    };
    memberships.iter().map(left).collect()
}

/// Deletes a role that is there; everybody leaves it with that.
pub fn delete(command: &DeleteCameraRole, now: Timestamp) -> Event {
    CameraRoleDeleted { role_id: command.role.clone(), deleted_by: command.deleted_by.clone(), deleted_at: now }.into()
}
