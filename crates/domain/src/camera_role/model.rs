//! A camera role as it stands now.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::event::Version;
use crate::ids::{CameraRoleId, CommitId, OrgId, ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use crate::text::FreeText;

/// Is the role there?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CameraRoleStatus {
    /// Yes.
    Active,
    /// It was deleted, for good: nobody is in it, and its id is never given again.
    Deleted,
}

impl CameraRoleStatus {
    /// The word stores keep.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Deleted => "DELETED",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Deleted].into_iter().find(|status| status.as_str() == text)
    }
}

/// A camera role, one that was deleted included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraRole {
    /// The role.
    pub id: CameraRoleId,
    /// Version of the role's stream.
    pub version: Version,
    /// The organisation it belongs to.
    pub org: OrgId,
    /// Its name, here and at 3dEye.
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

impl CameraRole {
    /// Can anything be done with it?
    pub fn is_active(&self) -> bool {
        self.status == CameraRoleStatus::Active
    }
}

/// A person in a camera role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub user: UserId,
    /// The account at 3dEye that was given the role. The person may have another one by now, which has it too.
    pub threedeye_user: ThreeDEyeUserId,
    /// Since when.
    pub assigned_at: Timestamp,
}

/// A camera role somebody is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The role.
    pub role: CameraRoleId,
    /// The role at 3dEye.
    pub threedeye_role: ThreeDEyeRoleId,
    /// The account at 3dEye that was given the role.
    pub threedeye_user: ThreeDEyeUserId,
}

/// A camera role that is being made at 3dEye: what was asked of 3dEye, by whom, and until when nobody else may ask.
///
/// The row outlives the process: whoever finds a role of this name at 3dEye afterwards knows that it is this one's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Making {
    /// The camera role.
    pub role: CameraRoleId,
    /// The name 3dEye was, or is about to be, asked for; none = nothing was asked yet.
    pub name: Option<FreeText>,
    /// Who is at it: the commit that began.
    pub holder: CommitId,
    /// Others may take over from then on.
    pub until: Timestamp,
}

/// What is being made about one camera role and one name, read in one statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Makings {
    /// The number all makings are guarded by.
    pub revision: u64,
    /// The role's own.
    pub own: Option<Making>,
    /// Is the name that of another role's making?
    pub namesake: bool,
}
