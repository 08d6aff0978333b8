//! What is known here of camera accounts.

use async_trait::async_trait;

use super::Unavailable;
use crate::ids::UserId;
use crate::threedeye::AccountState;

/// Local rows of camera accounts: mapping, recovery, lease.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ThreeDEyeAccounts: Send + Sync {
    /// All three, read in one statement or read transaction; an unknown person has none.
    async fn find(&self, user: UserId) -> Result<AccountState, Unavailable>;
}
