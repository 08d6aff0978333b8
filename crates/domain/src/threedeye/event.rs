//! What happens to a person's camera account.

use serde::{Deserialize, Serialize};

use super::{DriftKind, ResetStep};
use crate::ids::{ThreeDEyeRoleId, ThreeDEyeUserId, UserId};

/// The person got a remote account, with all its roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreeDEyeProvisioned {
    /// The person.
    pub user_id: UserId,
    /// The remote account; null when 3dEye did not say.
    pub threedeye_user_id: Option<ThreeDEyeUserId>,
    /// The roles it has.
    pub role_ids: Vec<ThreeDEyeRoleId>,
    /// Roles it was to have again that 3dEye has no more. Not in the JSON when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_role_ids: Vec<ThreeDEyeRoleId>,
}

/// An operator's reset of the person's camera account is about to call 3dEye; `ThreeDEyeReset` or
/// `ThreeDEyeResetFailed` follows, unless the process dies meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreeDEyeResetStarted {
    /// The person.
    pub user_id: UserId,
    /// Are the local rows to be cleared?
    pub clear_mapping: bool,
    /// Is the remote account to be deleted?
    pub delete_remote: bool,
    /// Is a new account to be made at once?
    pub reprovision: bool,
}

/// A remote account of the person is gone from 3dEye, by a reset or to be made anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreeDEyeRemoteDeleted {
    /// The person.
    pub user_id: UserId,
    /// The remote account.
    pub threedeye_user_id: ThreeDEyeUserId,
    /// The roles it had.
    pub role_ids: Vec<ThreeDEyeRoleId>,
}

/// A reset was given up before it cleared anything, as 3dEye failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreeDEyeResetFailed {
    /// The person.
    pub user_id: UserId,
    /// At what.
    pub step: ResetStep,
    /// How 3dEye failed; no secret, no address.
    pub error: String,
}

/// An operator reset the person's camera account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the wire has these flags, each on its own")]
pub struct ThreeDEyeReset {
    /// The person.
    pub user_id: UserId,
    /// Were the local rows to be cleared?
    pub clear_mapping: bool,
    /// Was the remote account to be deleted?
    pub delete_remote: bool,
    /// Was a new account to be made at once?
    pub reprovision: bool,
    /// Was there a mapping, and is it gone?
    pub cleared_mapping: bool,
    /// Was there a recovery row, and is it gone or used up?
    pub cleared_recovery: bool,
    /// The remote account that was deleted.
    pub deleted_threedeye_user_id: Option<ThreeDEyeUserId>,
    /// Was the remote account not visible in our customer?
    pub not_visible: bool,
    /// Roles that were to be restored and no longer are.
    pub dropped_role_ids: Vec<ThreeDEyeRoleId>,
    /// The account there is now, when one was made or found.
    pub threedeye_user_id: Option<ThreeDEyeUserId>,
    /// Why no new account could be made.
    pub error: Option<String>,
}

/// A repair of the person's camera account is about to begin; `ThreeDEyeRepaired` follows, unless the process dies meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreeDEyeRepairStarted {
    /// The person.
    pub user_id: UserId,
    /// What was found wrong.
    pub finding: DriftKind,
    /// The account named by the mapping, or the orphaned one.
    pub threedeye_user_id: Option<ThreeDEyeUserId>,
    /// The roles the account is to have.
    pub role_ids: Vec<ThreeDEyeRoleId>,
}

/// A repair of the person's camera account is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreeDEyeRepaired {
    /// The person.
    pub user_id: UserId,
    /// What was wrong.
    pub finding: DriftKind,
    /// The account there is now.
    pub threedeye_user_id: Option<ThreeDEyeUserId>,
    /// Why it could not be set right; no secret, no address.
    pub error: Option<String>,
}

/// An account at 3dEye that belongs to nobody here is about to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreeDEyeOrphanDeleteStarted {
    /// The account.
    pub threedeye_user_id: ThreeDEyeUserId,
    /// The roles it has.
    pub role_ids: Vec<ThreeDEyeRoleId>,
}

/// An account at 3dEye that belonged to nobody here is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreeDEyeOrphanDeleted {
    /// The account.
    pub threedeye_user_id: ThreeDEyeUserId,
}
