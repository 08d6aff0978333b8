//! Why a command on an organisation is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A rule about organisations that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrgRefusal {
    /// One active key an organisation.
    #[error("The organisation already has an active key")]
    ActiveKeyExists,
    /// The expiry has passed already.
    #[error("expiresAt must be in the future")]
    AlreadyExpired,
    /// A new organisation needs a name.
    #[error("The organisation is not registered; give its name")]
    NameMissing,
    /// No key of this organisation has this prefix, or it is revoked already.
    #[error("No active key with this prefix")]
    NoSuchKey,
}
