//! Making accounts for those who lack one.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Timestamp;
use crate::ids::UserId;
use crate::port::GatewayError;

/// Somebody who waits for an account; the order is that of the turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WithoutAccount {
    /// When it was last tried; none = never.
    pub tried_at: Option<Timestamp>,
    /// The person.
    pub user: UserId,
}

/// What stands in the way of a backfill as a whole.
#[derive(Debug, Error, Serialize, Deserialize)]
pub enum BackfillRefusal {
    /// 3dEye is not configured or not called at present; nothing was tried. Never remembered.
    #[error("3dEye did not do what was asked")]
    #[serde(skip)]
    Gateway(#[source] GatewayError),
}
