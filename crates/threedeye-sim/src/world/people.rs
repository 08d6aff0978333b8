//! Users and roles, and who has them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A user to be added.
#[derive(Clone)]
pub struct NewUser {
    /// Unique on the whole platform, whatever its case.
    pub email: String,
    /// Not blank.
    pub first_name: String,
    /// Not blank.
    pub last_name: String,
    /// Kept in clear, in memory and in the state file.
    pub password: String,
    /// Roles of the same customer.
    pub role_ids: Vec<Uuid>,
}

impl NewUser {
    /// Of users whose password nobody chose, over `/_sim/users` and on the page.
    pub const USUAL_PASSWORD: &str = "sim-user-password";

    /// A user without roles whose name does not matter.
    pub fn new(email: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            first_name: "Sample".to_owned(),
            last_name: "User".to_owned(),
            password: password.into(),
            role_ids: Vec::new(),
        }
    }
}

/// A user as it can be seen from outside: without the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Given by the stand-in.
    pub id: Uuid,
    /// As it was entered.
    pub email: String,
    /// As it was entered.
    pub first_name: String,
    /// As it was entered.
    pub last_name: String,
    /// The roles the user is in.
    pub role_ids: BTreeSet<Uuid>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// Given by the stand-in.
    pub id: Uuid,
    /// Unique inside the customer.
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A user with what nobody is shown.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) user: User,
    pub(super) password: String,
}

/// Users and roles that one login sees.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Customer {
    pub(crate) id: Uuid,
    pub(crate) username: String,
    pub(super) password: String,
    pub(crate) accounts: Vec<Account>,
    pub(crate) roles: Vec<Role>,
}
