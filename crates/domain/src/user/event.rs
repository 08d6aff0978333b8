//! What happens to a person.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Role, UserStatus};
use crate::clock::Timestamp;
use crate::ids::UserId;
use crate::text::FreeText;

/// A person came into being.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserCreated {
    /// The person.
    pub user_id: UserId,
    /// The status the person starts with.
    pub status: UserStatus,
}

/// The person got an account to sign in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountAdded {
    /// The person.
    pub user_id: UserId,
    /// The roles the account starts with.
    pub roles: BTreeSet<Role>,
}

/// Whether an address came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmailAction {
    /// The person has the address from now on.
    Set,
    /// The person has no address any more.
    Removed,
}

/// The person's e-mail address changed. The address itself is not in the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserEmailUpdated {
    /// The person.
    pub user_id: UserId,
    /// Whether it came or went.
    pub action: EmailAction,
    /// The new address, masked: `a***@example.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked_email: Option<String>,
    /// When.
    pub timestamp: Timestamp,
}

/// The account got a new password; all its sessions ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordSet {
    /// The person.
    pub user_id: UserId,
    /// How many sessions ended.
    pub sessions_ended: u64,
}

/// The person was suspended; all sessions ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserSuspended {
    /// The person.
    pub user_id: UserId,
    /// Why.
    pub reason: FreeText,
    /// Who did it, as the caller said.
    pub suspended_by: FreeText,
    /// When.
    pub suspended_at: Timestamp,
}

/// The suspension ended; the person is active again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserReactivated {
    /// The person.
    pub user_id: UserId,
    /// Why.
    pub reason: FreeText,
    /// Who did it, as the caller said.
    pub reactivated_by: FreeText,
    /// When.
    pub reactivated_at: Timestamp,
}
