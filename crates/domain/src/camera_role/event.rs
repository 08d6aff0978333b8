//! What happens to a camera role. Times are milliseconds since 1970, as the wire of these events has them.

use serde::{Deserialize, Serialize};

use crate::clock::{Timestamp, epoch_millis};
use crate::ids::{CameraRoleId, OrgId, ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use crate::text::FreeText;

/// A role was made, here and at 3dEye.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CameraRoleCreated {
    /// The role.
    pub role_id: CameraRoleId,
    /// Its name.
    pub name: FreeText,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<FreeText>,
    /// The organisation it belongs to.
    pub org_id: OrgId,
    /// The role at 3dEye.
    pub three_deye_role_id: ThreeDEyeRoleId,
    /// When.
    #[serde(with = "epoch_millis")]
    pub created_at: Timestamp,
}

/// A person came into a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CameraRoleUserAssigned {
    /// The role.
    pub role_id: CameraRoleId,
    /// The person.
    pub user_id: UserId,
    /// The account at 3dEye that was given the role.
    pub three_deye_user_id: ThreeDEyeUserId,
    /// When.
    #[serde(with = "epoch_millis")]
    pub assigned_at: Timestamp,
}

/// A person left a role: taken out, or deleted. In the latter case the event is one of the person's stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CameraRoleUserRemoved {
    /// The role.
    pub role_id: CameraRoleId,
    /// The person.
    pub user_id: UserId,
    /// The account at 3dEye that had the role, as far as is known here.
    pub three_deye_user_id: ThreeDEyeUserId,
    /// When.
    #[serde(with = "epoch_millis")]
    pub removed_at: Timestamp,
}

/// A role was deleted, here and at 3dEye; everybody left it with that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CameraRoleDeleted {
    /// The role.
    pub role_id: CameraRoleId,
    /// Who deleted it, as the caller said.
    pub deleted_by: FreeText,
    /// When.
    #[serde(with = "epoch_millis")]
    pub deleted_at: Timestamp,
}
