//! How many sign-ins failed.

use async_trait::async_trait;

use super::Unavailable;
use crate::session::{FailureCounts, FailureKey};

/// Counts of failed sign-ins, shared by all processes. They are raised and cleared by commits
/// ([`SignInFailed`](crate::commit::WorkChange::SignInFailed),
/// [`SignInFailuresCleared`](crate::commit::WorkChange::SignInFailuresCleared)), and no failure of an acknowledged commit
/// is missing in them, however many were committed at once. A count whose window is over may be told or be gone.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait SignInFailures: Send + Sync {
    /// The counts of an account's name and of a client's network, if the client is known, read in one statement. Reads as
    /// much whether there are any or not.
    async fn find(&self, account: &FailureKey, address: Option<FailureKey>) -> Result<FailureCounts, Unavailable>;
}
