//! Why a second-factor command is refused, and what a caller is asked for.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Method;

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

/// The question put to a caller whose second factor is not proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// What the caller is told.
    pub kind: ChallengeKind,
    /// The method asked for, or the one that failed.
    pub method: Method,
    /// Methods the person has switched on; the password fallback is not among them.
    pub available: Vec<Method>,
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
}
