//! Making accounts for those who lack one.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::port::GatewayError;

/// What stands in the way of a backfill as a whole.
#[derive(Debug, Error, Serialize, Deserialize)]
pub enum BackfillRefusal {
    /// 3dEye is not configured or not called at present; nothing was tried. Never remembered.
    #[error("3dEye did not do what was asked")]
    #[serde(skip)]
    Gateway(#[source] GatewayError),
}
