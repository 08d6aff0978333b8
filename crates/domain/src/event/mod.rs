//! What happened, in past tense, with the names the wire uses. Names are never renamed; a changed payload gets a new
//! schema number and is brought up to date when read.

mod envelope;
mod stream;

pub use envelope::{Actor, ActorKind, Envelope, Recorded, UnreadableEvent};
pub use stream::{AggregateKind, Position, StreamId, UnknownAggregateKind, Version};

use serde::{Deserialize, Serialize};

use crate::access::{AccessibleLockAdded, AccessibleLockRemoved};
use crate::camera_role::{CameraRoleCreated, CameraRoleDeleted, CameraRoleUserAssigned, CameraRoleUserRemoved};
use crate::lock::{LockCreated, LockOrganizationSet, LockOwnerSet};
use crate::org::{ApiKeyCreated, ApiKeyRevoked, TenantRegistered};
use crate::permission::PermissionsChanged;
use crate::session::{
    PersonalAccessTokenCreated, PersonalAccessTokenRegenerated, PersonalAccessTokenRemoved, UserLoggedOut,
};
use crate::threedeye::{
    ThreeDEyeOrphanDeleteStarted, ThreeDEyeOrphanDeleted, ThreeDEyeProvisioned, ThreeDEyeRemoteDeleted,
    ThreeDEyeRepairStarted, ThreeDEyeRepaired, ThreeDEyeReset, ThreeDEyeResetFailed, ThreeDEyeResetStarted,
};
use crate::totp::{
    BackupCodesRegenerated, EmailFactorDisabled, EmailFactorEnabled, TotpDisabled, TotpEnrolled, TotpReset,
};
use crate::user::{
    AccountAdded, AccountRenamed, EmailVerificationSet, PasswordSet, RolesChanged, UserActivated, UserCreated,
    UserDeactivated, UserDeleted, UserEmailUpdated, UserPhoneNumberUpdated, UserReactivated, UserSuspended,
};

macro_rules! events {
    ($($name:ident),+ $(,)?) => {
        /// Every event there is. As JSON: the payload's fields with the wire name under `type`.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "type")]
        #[expect(missing_docs, reason = "each variant is documented at its payload of the same name")]
        pub enum Event {
            $($name($name)),+
        }

        impl Event {
            /// Every wire name, in the order of declaration.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// The wire name.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name)),+
                }
            }
        }

        $(impl From<$name> for Event {
            fn from(payload: $name) -> Self {
                Self::$name(payload)
            }
        })+
    };
}

events! {
    UserCreated,
    AccountAdded,
    UserEmailUpdated,
    UserPhoneNumberUpdated,
    PasswordSet,
    UserSuspended,
    UserReactivated,
    AccessibleLockAdded,
    AccessibleLockRemoved,
    TotpEnrolled,
    TotpDisabled,
    BackupCodesRegenerated,
    TotpReset,
    EmailFactorEnabled,
    EmailFactorDisabled,
    PersonalAccessTokenCreated,
    PersonalAccessTokenRegenerated,
    PersonalAccessTokenRemoved,
    UserLoggedOut,
    ThreeDEyeProvisioned,
    ThreeDEyeReset,
    LockCreated,
    LockOrganizationSet,
    LockOwnerSet,
    TenantRegistered,
    ApiKeyCreated,
    ApiKeyRevoked,
    AccountRenamed,
    RolesChanged,
    EmailVerificationSet,
    UserActivated,
    UserDeactivated,
    UserDeleted,
    PermissionsChanged,
    ThreeDEyeResetStarted,
    ThreeDEyeRemoteDeleted,
    ThreeDEyeResetFailed,
    CameraRoleCreated,
    CameraRoleUserAssigned,
    CameraRoleUserRemoved,
    CameraRoleDeleted,
    ThreeDEyeRepairStarted,
    ThreeDEyeRepaired,
    ThreeDEyeOrphanDeleteStarted,
    ThreeDEyeOrphanDeleted,
}

impl Event {
    /// Schema number of the payload as written today.
    pub const fn schema(&self) -> u16 {
        1
    }
}
