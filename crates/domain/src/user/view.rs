//! What events say about people, as rows.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Role, UserStatus};
use crate::clock::Timestamp;
use crate::event::Version;
use crate::ids::{OrgId, UserId};

/// One row a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// The person.
    pub user: UserId,
    /// The organisation that made the person.
    pub org: OrgId,
    /// May the person sign in?
    pub status: UserStatus,
    /// When the person was made.
    pub created_at: Timestamp,
}

/// One row an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// The person.
    pub user: UserId,
    /// What the account may do.
    pub roles: BTreeSet<Role>,
}

/// One row a change of status, the first one too; rows are never changed. The status at an instant is that of the
/// highest version at or before it: the clock may have stepped back between two changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChangeView {
    /// The person.
    pub user: UserId,
    /// The event's version in the person's stream.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// The status from then on.
    pub status: UserStatus,
}
