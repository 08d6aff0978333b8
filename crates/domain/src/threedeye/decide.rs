//! The rules of a reset.

use serde::{Deserialize, Serialize};

use super::{AccountState, Mapping};
use crate::commit::PrivateChange;
use crate::ids::{ThreeDEyeRoleId, UserId};
use crate::text::EmailAddress;
use crate::user::Profile;

/// The three switches of a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetSwitches {
    /// Delete the local mapping and recovery rows.
    pub clear_mapping: bool,
    /// Delete the remote account, if it is visible in our customer.
    pub delete_remote: bool,
    /// Make a new account at once.
    pub reprovision: bool,
}

impl Default for ResetSwitches {
    /// Clear the rows, leave the remote account, make a new one at the next fetch.
    fn default() -> Self {
        Self { clear_mapping: true, delete_remote: false, reprovision: false }
    }
}

impl ResetSwitches {
    /// Does a reset of a person with this address, or none, ask anything of 3dEye?
    pub fn call_remote(self, address: Option<&EmailAddress>, state: &AccountState) -> bool {
        let deletes = self.delete_remote && (address.is_some() || state.mapping.is_some());
        let makes = self.reprovision && (self.clear_mapping || state.ready().is_none());
        deletes || (makes && address.is_some())
    }
}

/// What of 3dEye a reset can fail at. Making the new account is no such thing: its failure is told in the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResetStep {
    /// Finding the account.
    LookUp,
    /// Deleting it.
    Delete,
}

/// What clearing the local rows does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clearing {
    /// Was there a mapping that is to go?
    pub mapping: bool,
    /// Was there a recovery row that is gone now?
    pub recovery: bool,
    /// Roles nobody will restore any more.
    pub dropped: Vec<ThreeDEyeRoleId>,
    /// The rows to change.
    pub changes: Vec<PrivateChange>,
}

/// Clears the rows of a person; `profile` is none for rows without one. Roles awaiting restoration are kept when the same
/// call provisions anew.
///
/// A mapping to an account made for an earlier address is not cleared by a call that does not look for that account: nothing
/// else leads to it. It becomes stale instead, and the next account made takes over what is there, waiting roles included.
pub fn clearing(user: UserId, profile: Option<&Profile>, state: &AccountState, switches: ResetSwitches) -> Clearing {
    let mut clearing = Clearing::default();
    if !switches.clear_mapping {
        return clearing;
    }
    let looks = switches.delete_remote || switches.reprovision;
    let leads = |mapping: &&Mapping| profile.is_some_and(|profile| mapping.leads_elsewhere(profile.email.as_ref()));
    if let Some(lead) = state.mapping.as_ref().filter(leads).filter(|_| !looks) {
        clearing.changes.push(PrivateChange::ThreeDEye(lead.clone().stale()));
        return clearing;
    }
    if state.mapping.is_some() {
        clearing.mapping = true;
        clearing.changes.push(PrivateChange::ThreeDEyeGone(user));
    }
    if let Some(roles) = &state.recovery
        && !switches.reprovision
    {
        clearing.recovery = true;
        clearing.dropped.clone_from(roles);
        clearing.changes.push(PrivateChange::RecoveryGone(user));
    }
    clearing
}
