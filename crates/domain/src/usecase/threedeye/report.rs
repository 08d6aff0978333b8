//! What a reset did.

use serde::{Deserialize, Serialize};

use crate::event::Version;
use crate::ids::{ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use crate::threedeye::{ResetSwitches, ThreeDEyeReset};

/// What a reset did, as the operator is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetReport {
    /// The person.
    pub user: UserId,
    /// The person's address; none for rows without a person.
    pub email: Option<String>,
    /// Was there a mapping before, and is it gone? One that alone leads to an account made for an earlier address stays.
    pub cleared_mapping: bool,
    /// Was there a recovery row before, and is it gone or used up?
    pub cleared_recovery: bool,
    /// What became of the remote account.
    pub remote: RemoteReport,
    /// What became of the new one.
    pub reprovision: ReprovisionReport,
    /// Version of the person's stream after it; none for rows without a person.
    pub version: Option<Version>,
}

/// What became of the remote account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteReport {
    /// Was it to be deleted?
    pub attempted_delete: bool,
    /// The account that was.
    pub deleted: Option<ThreeDEyeUserId>,
    /// Was none visible in our customer?
    pub not_visible: bool,
}

/// What became of the new account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReprovisionReport {
    /// Was one to be made?
    pub attempted: bool,
    /// The account there is now.
    pub threedeye_user: Option<ThreeDEyeUserId>,
    /// Why there is none.
    pub error: Option<String>,
}

impl ResetReport {
    /// The event that says the same for good; the address is not in it.
    pub(super) fn event(&self, switches: ResetSwitches, dropped: &[ThreeDEyeRoleId]) -> ThreeDEyeReset {
        ThreeDEyeReset {
            user_id: self.user,
            clear_mapping: switches.clear_mapping,
            delete_remote: switches.delete_remote,
            reprovision: switches.reprovision,
            cleared_mapping: self.cleared_mapping,
            cleared_recovery: self.cleared_recovery,
            deleted_threedeye_user_id: self.remote.deleted.clone(),
            not_visible: self.remote.not_visible,
            dropped_role_ids: dropped.to_vec(),
            threedeye_user_id: self.reprovision.threedeye_user.clone(),
            error: self.reprovision.error.clone(),
        }
    }
}
