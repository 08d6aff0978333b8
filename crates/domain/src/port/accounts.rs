//! What is known here of camera accounts.

use async_trait::async_trait;

use super::Unavailable;
use crate::clock::Timestamp;
use crate::ids::UserId;
use crate::text::EmailAddress;
use crate::threedeye::{AccountOwner, AccountState, KnownAccount, RemoteAccount, WithoutAccount};

/// Local rows of camera accounts: mapping, recovery, lease.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ThreeDEyeAccounts: Send + Sync {
    /// All three, read in one statement or read transaction; an unknown person has none.
    async fn find(&self, user: UserId) -> Result<AccountState, Unavailable>;

    /// Active people who have an address and no account in use, after `after`, at most `limit`: those for whom none was
    /// tried yet, then those whose last try is longest ago, of one instant in the order of their ids; whoever was tried
    /// at `tried_before` or later is left out. A mapping that says `Creating` or `Stale` is no account in use. What it
    /// costs grows neither with the people who have one nor with those who are left out, but with those between who are
    /// not active.
    async fn without_account(
        &self,
        tried_before: Timestamp,
        after: Option<WithoutAccount>,
        limit: u32,
    ) -> Result<Vec<WithoutAccount>, Unavailable>;

    /// How many [`without_account`](Self::without_account) would tell of without a limit. Each is looked at, and so is
    /// whoever would be told of but is not active: the cost grows with their number.
    async fn count_without_account(&self, tried_before: Timestamp) -> Result<u64, Unavailable>;

    /// Mappings in the order of their people, after `after`, at most `limit`.
    async fn mappings(&self, after: Option<UserId>, limit: u32) -> Result<Vec<KnownAccount>, Unavailable>;

    /// Who has to do with each of some accounts at 3dEye, in their order. Addresses are compared as they are.
    async fn owners(&self, accounts: &[RemoteAccount]) -> Result<Vec<AccountOwner>, Unavailable>;

    /// Does a mapping without an id name the account of this address, one that is not stale? That of the person to be
    /// left out does not count: several may have one address.
    async fn is_claimed(&self, address: &EmailAddress, leaving_out: Option<UserId>) -> Result<bool, Unavailable>;
}
