//! What roles a new account at 3dEye is made with.

use crate::ids::{ThreeDEyeRoleId, UserId};
use crate::port::{CameraRoles, Unavailable};

/// The roles that wait to be restored, then those of the camera roles the person is in. Who is in a camera role is decided
/// here alone: the role of one that was deleted, or that the person was taken out of, is not given back, also where it
/// still waits.
pub(crate) async fn to_restore(
    camera_roles: &dyn CameraRoles,
    user: UserId,
    recovery: Option<&[ThreeDEyeRoleId]>,
) -> Result<Vec<ThreeDEyeRoleId>, Unavailable> {
    let own = camera_roles.roles_of(user).await?;
    let mut roles = Vec::new();
    for role in recovery.unwrap_or_default() {
        if own.contains(role) || camera_roles.find_by_remote(role).await?.is_none() {
            roles.push(role.clone());
        }
    }
    roles.extend(own.into_iter().filter(|role| !roles.contains(role)).collect::<Vec<_>>());
    Ok(roles)
}
