//! Why a second-factor command is refused, and what a caller is asked for.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Method;
use crate::clock::Timestamp;
use crate::secret::Secret;

/// What the caller is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeKind {
    /// A code is needed.
    Required,
    /// The code was wrong, or used before.
    Invalid,
    /// Too many wrong codes; none is looked at until the window ends.
    TooManyFailures,
}

/// What a caller learns of a mailed code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailedCode {
    /// Whose it is: the address for somebody signed in, the user name for somebody who is only about to be.
    pub account: Secret<String>,
    /// Until when it is good; none = there is none.
    pub expires_at: Option<Timestamp>,
    /// Was it mailed because of this very question?
    pub generated: bool,
}

/// The question put to a caller whose second factor is not proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// What the caller is told.
    pub kind: ChallengeKind,
    /// The method asked for, or the one that failed.
    pub method: Method,
    /// Methods the person has switched on; the password fallback is not among them.
    pub available: Vec<Method>,
    /// The mailed code, where one is asked for and the person has codes by e-mail.
    pub mailed: Option<MailedCode>,
}

/// A rule about second factors that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TotpRefusal {
    /// TOTP is in use already.
    #[error("2FA already enabled")]
    AlreadyEnabled,
    /// The code is wrong, or there is nothing to confirm or use it on.
    #[error("Invalid TOTP code")]
    InvalidCode,
    /// Too many wrong codes.
    #[error("Too many failed attempts")]
    TooManyFailures,
    /// There is no confirmed address codes could go to.
    #[error("You need to verify your emails before setting up 2FA")]
    AddressNotVerified,
}
