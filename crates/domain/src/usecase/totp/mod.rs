//! Second factors: proving, setting up, giving up, clearing.

mod confirm;
mod disable;
mod email;
mod enable;
mod gate;
mod own;
mod regenerate;
mod remaining;
mod reset;

pub use confirm::ConfirmTotp;
pub use disable::DisableTotp;
pub use email::{DisableEmailFactor, EnableEmailFactor, SendEmailCode};
pub use enable::{BegunEnrolment, EnableTotp};
pub(crate) use gate::Asked;
pub use gate::{GateRefusal, Remembering, SecondFactorGate};
pub use regenerate::RegenerateBackupCodes;
pub use remaining::BackupCodesRemaining;
pub use reset::{ResetTarget, ResetTotp, ResetTotpRefusal};
