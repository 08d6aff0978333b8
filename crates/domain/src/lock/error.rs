//! Why a command on a lock is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A rule about locks that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LockRefusal {
    /// The owner named is nobody.
    #[error("ownerId is no user's")]
    UnknownOwner,
    /// The person who is to own it is nobody.
    #[error("userId is no user's")]
    UnknownUser,
}
