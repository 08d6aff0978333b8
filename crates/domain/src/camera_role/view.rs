//! What events say about camera roles, as rows.

use serde::{Deserialize, Serialize};

use super::CameraRoleStatus;
use crate::clock::Timestamp;
use crate::ids::{CameraRoleId, OrgId, ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use crate::text::FreeText;

/// One row a role, deleted ones too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraRoleView {
    /// The role.
    pub role: CameraRoleId,
    /// The organisation it belongs to.
    pub org: OrgId,
    /// Its name.
    pub name: FreeText,
    /// What it is for.
    pub description: Option<FreeText>,
    /// The role at 3dEye.
    pub threedeye_role: ThreeDEyeRoleId,
    /// Is it there?
    pub status: CameraRoleStatus,
    /// When it was made.
    pub created_at: Timestamp,
}

/// One row a role and a person in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraRoleUserView {
    /// The role.
    pub role: CameraRoleId,
    /// The person.
    pub user: UserId,
    /// The account at 3dEye that was given the role.
    pub threedeye_user: ThreeDEyeUserId,
    /// Since when.
    pub assigned_at: Timestamp,
}
