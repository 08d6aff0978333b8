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

/// Whether an address or a number came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactAction {
    /// The person has it from now on, in place of what there was.
    Set,
    /// The person has none any more.
    Removed,
}

impl ContactAction {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Removed => "removed",
        }
    }
}

/// The person's e-mail address changed. The address itself is not in the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserEmailUpdated {
    /// The person.
    pub user_id: UserId,
    /// Whether it came or went.
    pub action: ContactAction,
    /// The new address, masked: `a***@example.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked_email: Option<String>,
    /// When.
    pub timestamp: Timestamp,
}

/// The person's phone number changed. The number itself is not in the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPhoneNumberUpdated {
    /// The person.
    pub user_id: UserId,
    /// Whether it came or went.
    pub action: ContactAction,
    /// The new number, masked: `***4567`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked_phone_number: Option<String>,
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

/// The account goes by another name. No name is in the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountRenamed {
    /// The person.
    pub user_id: UserId,
    /// Did the name to sign in with change?
    pub username_changed: bool,
    /// Did the name to show change?
    pub name_changed: bool,
}

/// The account has other roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RolesChanged {
    /// The person.
    pub user_id: UserId,
    /// All the roles it has now.
    pub roles: BTreeSet<Role>,
}

/// The person's address counts as confirmed, or no longer; the address itself is the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailVerificationSet {
    /// The person.
    pub user_id: UserId,
    /// Does it count as confirmed?
    pub verified: bool,
}

/// The account was switched on; the person is active again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserActivated {
    /// The person.
    pub user_id: UserId,
}

/// The account was switched off; all sessions ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserDeactivated {
    /// The person.
    pub user_id: UserId,
    /// How many sessions and tokens ended.
    pub sessions_ended: u64,
}

/// The person was deleted for good: personal data, account and sessions are gone, and grants left before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserDeleted {
    /// The person.
    pub user_id: UserId,
    /// How many sessions and tokens ended.
    pub sessions_ended: u64,
}
