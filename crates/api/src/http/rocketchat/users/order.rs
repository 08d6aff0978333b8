//! What orders of accounts have in common: reading the fields, and how the rules' refusals are told.

use std::collections::BTreeSet;

use portcullis_domain::text::{EmailAddress, FreeText, UserName};
use portcullis_domain::user::{Role, UserRefusal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::rocketchat::failure::{Failure, Refusal};
use crate::http::rocketchat::shape::User;

const NOT_VALID: &str = "error-input-is-not-a-valid-field";

/// The account as it is now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RocketChatUserAnswer)]
pub(super) struct Answered {
    pub(super) user: User,
    /// Always `true`.
    #[schema(example = true)]
    pub(super) success: bool,
}

pub(super) fn username(text: &str) -> Result<UserName, Failure> {
    UserName::parse(text).map_err(|rule| Failure::field(NOT_VALID, &format!("The user name {rule}"), "Username"))
}

pub(super) fn email(text: &str) -> Result<EmailAddress, Failure> {
    EmailAddress::parse(text).map_err(|_| Failure::field("error-invalid-email", "Invalid email", "Email"))
}

/// The name to show: kept as sent.
pub(super) fn shown_name(text: String) -> Result<String, Failure> {
    let name = FreeText::parse(text);
    let name = name.map_err(|rule| Failure::field(NOT_VALID, &format!("The name {rule}"), "Name"))?;
    Ok(name.as_str().to_owned())
}

pub(super) fn password(text: &str) -> Result<&str, Failure> {
    if text.trim().is_empty() {
        return Err(Failure::field(NOT_VALID, "The password must be not blank", "Password"));
    }
    Ok(text)
}

/// Nothing sent, or an empty list: `user`.
pub(super) fn roles(names: Option<Vec<String>>) -> Result<BTreeSet<Role>, Failure> {
    let names = names.filter(|names| !names.is_empty());
    let Some(names) = names else { return Ok(BTreeSet::from([Role::User])) };
    let roles: Option<BTreeSet<Role>> = names.iter().map(|name| Role::parse(name)).collect();
    roles.ok_or_else(|| Failure::action("The field Roles consist invalid role id", "Assign_role"))
}

impl Refusal for UserRefusal {
    fn failure(self) -> Failure {
        let reason = self.to_string();
        match self {
            Self::EmailTaken => Failure::field("error-field-unavailable", &reason, "Email"),
            Self::UserNameTaken => Failure::field("error-field-unavailable", &reason, "Username"),
            Self::EmailMissing => Failure::field("error-invalid-email", &reason, "Email"),
            Self::AccountExists | Self::EmailExists => {
                Failure::refused("error-not-supported", &format!("{reason}, and changing it is not supported"))
            }
            Self::NoAccount => Failure::refused("error-invalid-user", &reason),
            Self::PhoneNumberTaken | Self::LastAdministrator | Self::SwitchedOff => {
                Failure::refused("error-action-not-allowed", &reason)
            }
        }
    }
}
