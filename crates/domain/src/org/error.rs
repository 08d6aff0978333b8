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
    /// Keys are for registered organisations.
    #[error("The organisation is not registered")]
    NotRegistered,
    /// No key has this prefix, or it is revoked already.
    #[error("No key with this prefix, or it is revoked already")]
    NoSuchKey,
    /// A new key would take over the expiry that has passed already.
    #[error("The key has expired; make a new one")]
    KeyExpired,
}
