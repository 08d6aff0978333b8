//! Second factors.

use async_trait::async_trait;

use super::Unavailable;
use crate::ids::UserId;
use crate::totp::SecondFactor;

/// Reads everything about a person's second factor in one statement or read transaction, so that secrets, counts,
/// revision and epoch belong together. An unknown person has an empty one.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait TotpStore: Send + Sync {
    /// The person's second factor.
    async fn find(&self, user: UserId) -> Result<SecondFactor, Unavailable>;
}
