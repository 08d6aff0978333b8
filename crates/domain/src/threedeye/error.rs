//! Why a camera account cannot be had or reset.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::port::GatewayError;

/// What stands in the way of a person's camera credentials.
#[derive(Debug, Error)]
pub enum CredentialsRefusal {
    /// The person has no address to make an account for.
    #[error("The user has no e-mail address to make a 3dEye account for")]
    NoAddress,
    /// An account with the address exists where we cannot reach or may not take it.
    #[error("A 3dEye account with this e-mail address exists but cannot be used from here")]
    Orphan,
    /// Another call is at work on the same person.
    #[error("Another operation on this user's 3dEye account is still running")]
    Busy,
    /// 3dEye failed.
    #[error("3dEye did not do what was asked")]
    Gateway(#[source] GatewayError),
}

/// What stands in the way of a reset.
#[derive(Debug, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResetRefusal {
    /// Another call is at work on the same person.
    #[error("Another operation on this user's 3dEye account is still running")]
    Busy,
    /// The remote account could not be looked up or deleted; nothing was cleared. Never remembered.
    #[error("3dEye did not do what was asked")]
    #[serde(skip)]
    Gateway(#[source] GatewayError),
}
