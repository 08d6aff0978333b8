//! A person as its events tell, without a store.

use std::collections::{BTreeMap, BTreeSet};

use super::{Role, UserStatus};
use crate::access::{Grant, granted};
use crate::event::{Envelope, Event, Version};
use crate::ids::{LockId, ThreeDEyeUserId};

/// What the events of one person's stream add up to. Folding cannot fail and judges nothing: what was recorded
/// happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserState {
    /// Version of the last event folded in.
    pub version: Version,
    /// May the person act? None before the first event.
    pub status: Option<UserStatus>,
    /// Roles of the account, where there is one.
    pub roles: Option<BTreeSet<Role>>,
    /// Every grant there is, expired ones too.
    pub grants: BTreeMap<LockId, Grant>,
    /// Is TOTP in use?
    pub totp_enrolled: bool,
    /// Did the person switch codes by e-mail on?
    pub email_factor: bool,
    /// The remote camera account, as far as an event named it.
    pub camera_account: Option<ThreeDEyeUserId>,
}

impl UserState {
    /// Folds events in the order of their versions.
    pub fn fold<'a>(envelopes: impl IntoIterator<Item = &'a Envelope>) -> Self {
        let mut state = Self::default();
        for envelope in envelopes {
            state.apply(envelope);
        }
        state
    }

    /// Folds one more event in.
    pub fn apply(&mut self, envelope: &Envelope) {
        self.version = envelope.version;
        match &envelope.event {
            Event::UserCreated(created) => self.status = Some(created.status),
            Event::UserSuspended(_) => self.status = Some(UserStatus::Suspended),
            Event::UserReactivated(_) | Event::UserActivated(_) => self.status = Some(UserStatus::Active),
            Event::UserDeactivated(_) => self.status = Some(UserStatus::Inactive),
            Event::UserDeleted(_) => {
                self.status = Some(UserStatus::Deleted);
                self.roles = None;
                self.totp_enrolled = false;
                self.email_factor = false;
                self.camera_account = None;
            }
            Event::AccountAdded(added) => self.roles = Some(added.roles.clone()),
            Event::RolesChanged(changed) => self.roles = Some(changed.roles.clone()),
            Event::AccessibleLockAdded(added) => {
                self.grants.insert(added.lock_id.clone(), granted(added, envelope).grant);
            }
            Event::AccessibleLockRemoved(removed) => {
                self.grants.remove(&removed.lock_id);
            }
            Event::TotpEnrolled(_) => self.totp_enrolled = true,
            Event::TotpDisabled(_) | Event::TotpReset(_) => self.totp_enrolled = false,
            Event::EmailFactorEnabled(_) => self.email_factor = true,
            Event::EmailFactorDisabled(_) => self.email_factor = false,
            Event::ThreeDEyeProvisioned(provisioned) => {
                self.camera_account.clone_from(&provisioned.threedeye_user_id);
            }
            // Its account is gone already.
            Event::ThreeDEyeRepairStarted(started) if started.finding.loses_the_account() => self.camera_account = None,
            Event::ThreeDEyeRemoteDeleted(deleted) => {
                if self.camera_account.as_ref() == Some(&deleted.threedeye_user_id) {
                    self.camera_account = None;
                }
            }
            Event::ThreeDEyeReset(reset) => {
                if reset.cleared_mapping
                    || reset.deleted_threedeye_user_id.is_some()
                    || reset.threedeye_user_id.is_some()
                {
                    self.camera_account.clone_from(&reset.threedeye_user_id);
                }
            }
            // Up to the lock's these leave nothing of their own on a person, the others are of other streams.
            Event::UserEmailUpdated(_)
            | Event::UserPhoneNumberUpdated(_)
            | Event::EmailVerificationSet(_)
            | Event::AccountRenamed(_)
            | Event::PasswordSet(_)
            | Event::BackupCodesRegenerated(_)
            | Event::ThreeDEyeResetStarted(_)
            | Event::ThreeDEyeResetFailed(_)
            | Event::ThreeDEyeRepairStarted(_)
            | Event::ThreeDEyeRepaired(_)
            | Event::ThreeDEyeOrphanDeleteStarted(_)
            | Event::ThreeDEyeOrphanDeleted(_)
            | Event::PersonalAccessTokenCreated(_)
            | Event::PersonalAccessTokenRegenerated(_)
            | Event::PersonalAccessTokenRemoved(_)
            | Event::UserLoggedOut(_)
            | Event::LockCreated(_)
            | Event::LockOrganizationSet(_)
            | Event::LockOwnerSet(_)
            | Event::TenantRegistered(_)
            | Event::ApiKeyCreated(_)
            | Event::ApiKeyRevoked(_)
            | Event::PermissionsChanged(_)
            | Event::CameraRoleCreated(_)
            | Event::CameraRoleUserAssigned(_)
            | Event::CameraRoleUserRemoved(_)
            | Event::CameraRoleDeleted(_) => {}
        }
    }
}
