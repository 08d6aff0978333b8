//! What roles a new account at 3dEye is made with.

use crate::ids::{ThreeDEyeRoleId, UserId};
use crate::port::{CameraRoles, Unavailable};

/// The roles that wait to be restored, then those of the camera roles the person is in. A camera role that was deleted
/// is nobody's any more, also where it still waits.
pub(crate) async fn to_restore(
    camera_roles: &dyn CameraRoles,
    user: UserId,
    recovery: Option<&[ThreeDEyeRoleId]>,
) -> Result<Vec<ThreeDEyeRoleId>, Unavailable> {
    let mut roles = Vec::new();
    for role in recovery.unwrap_or_default() {
        if camera_roles.find_by_remote(role).await?.is_none_or(|known| known.is_active()) {
            roles.push(role.clone());
        }
    }
    for role in camera_roles.roles_of(user).await? {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    Ok(roles)
}
