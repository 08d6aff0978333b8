//! Why a command on access is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A rule about access that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessRefusal {
    /// The lock is not on the person's list.
    #[error("The lock is not in the user's list of accessible locks")]
    NotGranted,
    /// The lock is on the person's list already.
    #[error("The lock is already in the user's list of accessible locks")]
    AlreadyGranted,
    /// The window would be over before it began to count.
    #[error("validUntil must be in the future")]
    WindowOver,
}
