//! The rules of a reset.

use serde::{Deserialize, Serialize};

use super::{AccountState, MappingState};
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

/// Clears the rows of a person. Roles awaiting restoration are kept when the same call provisions anew.
pub fn clearing(user: UserId, state: &AccountState, switches: ResetSwitches) -> Clearing {
    let mut clearing = Clearing::default();
    if !switches.clear_mapping {
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

impl Clearing {
    /// The same, but for a mapping that alone leads to an account made for an earlier address than the person has,
    /// unless the account was to be deleted and is not to be made anew: then it was looked for. The mapping becomes
    /// stale instead, and the next account made takes over what is there, waiting roles included. One that is stale
    /// already is cleared by a reset that only clears, as nothing else could without 3dEye. Rows without a person
    /// (`profile`) are cleared.
    #[must_use]
    pub fn sparing(self, profile: Option<&Profile>, state: &AccountState, switches: ResetSwitches) -> Self {
        let lead = state.mapping.as_ref().filter(|mapping| {
            let clears = self.changes.contains(&PrivateChange::ThreeDEyeGone(mapping.user));
            let leads = profile.is_some_and(|profile| mapping.leads_elsewhere(profile.email.as_ref()));
            let goes = switches.delete_remote || mapping.state == MappingState::Stale;
            clears && leads && (switches.reprovision || !goes)
        });
        match lead {
            Some(lead) => Self { changes: vec![PrivateChange::ThreeDEye(lead.clone().stale())], ..Self::default() },
            None => self,
        }
    }
}
