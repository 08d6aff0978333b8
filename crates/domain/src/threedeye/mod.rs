//! Camera accounts: the one remote account at 3dEye a person can have, and what is known of it here.

mod backfill;
mod decide;
mod drift;
mod error;
mod event;
mod model;
mod password;

pub use backfill::{BackfillRefusal, WithoutAccount};
pub use decide::{Clearing, ResetStep, ResetSwitches, clearing};
pub use drift::{
    AccountOwner, DriftCursor, DriftFinding, DriftKind, DriftRefusal, KnownAccount, Remedy, RepairRefusal,
};
pub use error::{CredentialsRefusal, ResetRefusal};
pub use event::{
    ThreeDEyeOrphanDeleteStarted, ThreeDEyeOrphanDeleted, ThreeDEyeProvisioned, ThreeDEyeRemoteDeleted,
    ThreeDEyeRepairStarted, ThreeDEyeRepaired, ThreeDEyeReset, ThreeDEyeResetFailed, ThreeDEyeResetStarted,
};
pub use model::{AccountState, Lease, Mapping, MappingState, RemoteAccount, RemoteCursor, RemotePage, RemoteRole};
pub use password::{InvalidPasswordPolicy, PasswordPolicy};
