//! What orders of accounts have in common: reading the fields, and how the rules' refusals are told.

use std::collections::BTreeSet;

use portcullis_domain::policy::{Action, Caller, Resource, allows};
use portcullis_domain::text::{EmailAddress, FreeText, UserName};
use portcullis_domain::usecase::user::Nobody;
use portcullis_domain::user::{Role, UserRefusal, is_password};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::rocketchat::failure::{Failure, Refusal, unknown_user};
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
    if !is_password(text) {
        return Err(Failure::field(NOT_VALID, "The password must be not blank", "Password"));
    }
    Ok(text)
}

/// Nothing sent, or an empty list: none are said.
pub(super) fn roles(names: Option<Vec<String>>) -> Result<Option<BTreeSet<Role>>, Failure> {
    let Some(names) = names.filter(|names| !names.is_empty()) else { return Ok(None) };
    let roles: Option<BTreeSet<Role>> = names.iter().map(|name| Role::parse(name)).collect();
    roles.map(Some).ok_or_else(|| Failure::action("The field Roles consist invalid role id", "Assign_role"))
}

/// Who may not assign the role `admin` is told so, where that is asked for.
pub(super) fn may_assign(caller: &Caller, roles: &BTreeSet<Role>) -> Result<(), Failure> {
    if !roles.contains(&Role::Admin) {
        return Ok(());
    }
    let allowed = allows(caller, Action::AssignAdminRole, Resource::Service);
    allowed.map(|_| ()).map_err(|_| Failure::action("Assigning admin is not allowed", "Assign_admin"))
}

impl Refusal for Nobody {
    fn failure(self) -> Failure {
        match self {
            Self::Missing => Failure::refused("error-user-param-not-provided", &self.to_string()),
            Self::Unknown => unknown_user(),
        }
    }
}

impl Refusal for UserRefusal {
    fn failure(self) -> Failure {
        let reason = self.to_string();
        match self {
            Self::EmailTaken => Failure::field("error-field-unavailable", &reason, "Email"),
            Self::UserNameTaken => Failure::field("error-field-unavailable", &reason, "Username"),
            Self::EmailMissing => Failure::field("error-invalid-email", &reason, "Email"),
            Self::AccountExists | Self::EmailExists => Failure::refused("error-not-supported", &reason),
            Self::NoAccount => {
                let how =
                    "adding one takes username and password, with name, email, roles and, beside an email, verified";
                Failure::refused("error-not-supported", &format!("{reason}; {how}"))
            }
            Self::LastAdministrator => {
                let reason = "Leaving the app without an active admin is not allowed";
                Failure::action_of("removeUserFromRole", reason, "Remove_last_admin")
            }
            Self::PhoneNumberTaken | Self::SwitchedOff | Self::Suspended | Self::CameraAccount | Self::Deleted => {
                Failure::refused("error-action-not-allowed", &reason)
            }
        }
    }
}
