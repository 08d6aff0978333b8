//! People.

use async_trait::async_trait;

use super::Unavailable;
use crate::event::Version;
use crate::ids::{OrgId, UserId};
use crate::session::StoredCredentials;
use crate::text::{EmailAddress, PhoneNumber, UserName};
use crate::user::{OtherAdministrators, OwnRecord, Person, UserStatus};

/// The little about a person that most decisions need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonHead {
    /// The person.
    pub id: UserId,
    /// Version of the person's stream.
    pub version: Version,
    /// The organisation that made the person.
    pub org: OrgId,
    /// May the person act?
    pub status: UserStatus,
}

/// How somebody names an account when signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginName {
    /// By user name, without regard to case.
    UserName(UserName),
    /// By e-mail address.
    Email(EmailAddress),
}

/// Which people to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonFilter {
    /// Only people of this organisation.
    pub org: Option<OrgId>,
    /// Only people whose user name begins so, without regard to case.
    pub name_prefix: Option<String>,
}

/// Some of the accounts there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountPage {
    /// The people who have them, in the order of their user names.
    pub people: Vec<Person>,
    /// How many accounts there are in all that were asked for, perhaps a moment later.
    pub total: u64,
}

/// Finds people; one who was deleted is nobody, for all but [`is_deleted`](UserRepository::is_deleted). Each answer comes from one statement or one read transaction, so that state and version belong
/// together. Unknown = `None`, never an error.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait UserRepository: Send + Sync {
    /// By id, with profile and account.
    async fn find(&self, id: UserId) -> Result<Option<Person>, Unavailable>;

    /// What somebody signed in is told about oneself.
    async fn own_record(&self, id: UserId) -> Result<Option<OwnRecord>, Unavailable>;

    /// By user name, without regard to case.
    async fn find_by_name(&self, name: &UserName) -> Result<Option<Person>, Unavailable>;

    /// By e-mail address.
    async fn find_by_address(&self, address: &EmailAddress) -> Result<Option<Person>, Unavailable>;

    /// By phone number.
    async fn find_by_phone_number(&self, number: &PhoneNumber) -> Result<Option<Person>, Unavailable>;

    /// What is needed to verify a password; `None` without account or password.
    async fn credentials(&self, login: &LoginName) -> Result<Option<StoredCredentials>, Unavailable>;

    /// People in the order of their ids, after `after`, at most `limit`.
    async fn list(&self, filter: &PersonFilter, after: Option<UserId>, limit: u32) -> Result<Vec<Person>, Unavailable>;

    /// Accounts in the order of their user names without regard to case, whose names begin so, without the first `offset`,
    /// at most `limit`. What is left out is walked over, and the total counted, in the index of names: cost grows with the
    /// number of accounts meant, at a fraction of what reading them costs.
    async fn accounts(&self, name_prefix: &str, offset: u64, limit: u32) -> Result<AccountPage, Unavailable>;

    /// Was there a person with the id, who was deleted?
    async fn is_deleted(&self, id: UserId) -> Result<bool, Unavailable>;

    /// Is there an account with the role `admin` whose person is active?
    async fn has_administrator(&self) -> Result<bool, Unavailable>;

    /// The active administrators besides a person, who need not be one, with the guard that tells when one is lost.
    async fn administrators_besides(&self, user: UserId) -> Result<OtherAdministrators, Unavailable>;
}
