//! The second factor: TOTP secrets (RFC 6238), backup codes, codes by e-mail, and the challenge a caller has to pass.

mod decide;
mod email;
mod error;
mod event;
mod model;
mod summary;
mod verify;

pub use decide::{confirm, disable, disable_email, enable, enable_email, regenerate, reset};
pub use email::{
    EMAIL_CODE, EmailCode, EmailCodes, EmailFactor, EmailPolicy, NewEmailCode, email_digits, generate_email_code,
    mail_email_code, told_with_email_code,
};
pub use error::{Challenge, ChallengeKind, MailedCode, TotpRefusal};
pub use event::{
    BackupCodesRegenerated, EmailFactorDisabled, EmailFactorEnabled, TotpDisabled, TotpEnrolled, TotpReset,
};
pub use model::{
    BackupCodes, Failures, Method, SecondFactor, Totp, TotpSecret, TwoFactorPolicy, generate_backup_codes, step_begin,
};
pub use summary::{FactorFilter, FactorSummary, TotpState};
pub use verify::{Code, Occasion, Proof, Verdict, challenge, in_grace, judge, locked};
