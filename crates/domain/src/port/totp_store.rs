//! Second factors.

use async_trait::async_trait;

use super::Unavailable;
use crate::ids::UserId;
use crate::totp::{FactorFilter, FactorSummary, SecondFactor};

/// Reads everything about a person's second factor in one statement or read transaction, so that secrets, counts,
/// revision and epoch belong together. An unknown person has an empty one.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait TotpStore: Send + Sync {
    /// The person's second factor.
    async fn find(&self, user: UserId) -> Result<SecondFactor, Unavailable>;

    /// People with accounts in the order of their ids, those after a person only, at most `limit`; of one state, or all.
    /// Costs what the page has, however few of very many are in the state.
    async fn page(
        &self,
        filter: Option<FactorFilter>,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<FactorSummary>, Unavailable>;
}
