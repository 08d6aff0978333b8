//! The second factor: TOTP secrets (RFC 6238), backup codes, and the challenge a caller has to pass.

mod decide;
mod error;
mod event;
mod model;
mod summary;
mod verify;

pub use decide::{confirm, disable, enable, regenerate, reset};
pub use error::{Challenge, ChallengeKind, TotpRefusal};
pub use event::{BackupCodesRegenerated, TotpDisabled, TotpEnrolled, TotpReset};
pub use model::{
    BackupCodes, Failures, Method, SecondFactor, Totp, TotpSecret, TwoFactorPolicy, generate_backup_codes, step_begin,
};
pub use summary::{FactorFilter, FactorSummary, TotpState};
pub use verify::{Code, Proof, Verdict, challenge, judge, locked};
