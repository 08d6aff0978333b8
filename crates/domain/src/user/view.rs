//! What events say about people, as rows.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Role, UserStatus};
use crate::clock::Timestamp;
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
