//! Second factors: proving, setting up, giving up, clearing.

mod clear;
mod confirm;
mod disable;
mod email;
mod enable;
mod gate;
mod list;
mod own;
mod regenerate;
mod remaining;
mod reset;

pub use clear::{NeverRefused, QueuedNotice, TotpResetReport};
pub use confirm::ConfirmTotp;
pub use disable::DisableTotp;
pub use email::{DisableEmailFactor, EnableEmailFactor, SendEmailCode};
pub use enable::{BegunEnrolment, EnableTotp};
pub(crate) use gate::Asked;
pub use gate::{GateRefusal, Remembering, SecondFactorGate};
pub use list::{ListSecondFactors, SecondFactorPage};
pub use regenerate::RegenerateBackupCodes;
pub use remaining::BackupCodesRemaining;
pub use reset::{ResetTotp, ResetTotpRefusal};
