//! `POST /api/v1/users.create`

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use portcullis_domain::ids::UserId;
use portcullis_domain::policy::{Action, Resource, allows};
use portcullis_domain::usecase::user::AccountOrder;
use portcullis_domain::user::{PasswordDigest, Role, UserStatus};
use serde::Deserialize;
use utoipa::ToSchema;

use super::order::{self, Answered};
use crate::app::{App, Ports};
use crate::http::rocketchat::body::{Body, Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure, unknown_user};
use crate::http::rocketchat::password;
use crate::http::rocketchat::session::Session;
use crate::http::rocketchat::shape::User;

const SCHEMA: Schema = Schema {
    required: &["email", "name", "username"],
    fields: &[
        ("email", Kind::Text),
        ("name", Kind::Text),
        ("password", Kind::Text),
        ("username", Kind::Text),
        ("active", Kind::Flag),
        ("bio", Kind::Text),
        ("nickname", Kind::Text),
        ("statusText", Kind::Text),
        ("roles", Kind::Texts),
        ("joinDefaultChannels", Kind::Flag),
        ("requirePasswordChange", Kind::Flag),
        ("setRandomPassword", Kind::Flag),
        ("sendWelcomeEmail", Kind::Flag),
        ("verified", Kind::Flag),
        ("customFields", Kind::Object),
    ],
    open: false,
};

/// The account to be made.
///
/// `bio`, `nickname`, `statusText`, `joinDefaultChannels`, `requirePasswordChange`, `sendWelcomeEmail` and
/// `customFields` are taken as the peer takes them, and have no effect.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreateAccount)]
pub(super) struct NewAccount {
    #[schema(format = Email, max_length = 254, example = "ada@example.com")]
    email: String,
    /// The name to show: 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500, example = "Ada Lovelace")]
    name: String,
    /// May be left out only with `setRandomPassword`.
    #[schema(value_type = String, required = false, min_length = 1, pattern = r"\S", example = "correct horse battery staple")]
    password: Option<String>,
    /// The name to sign in with: 1 to 128 letters, digits, dots, dashes or underscores; no UUID.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = r"^[^\x00-\x2C\x2F\x3A-\x40\x5B-\x5E\x60\x7B-\x9F\s]+$",
        example = "ada"
    )]
    username: String,
    /// `admin`, `user` or `bot`; `user` when left out.
    #[schema(value_type = Vec<String>, required = false, example = json!(["user"]))]
    roles: Option<Vec<String>>,
    /// May the account sign in? Yes when left out.
    #[schema(value_type = bool, required = false, example = true)]
    active: Option<bool>,
    /// Does the address count as confirmed? No when left out.
    #[serde(default)]
    #[schema(example = true)]
    verified: bool,
    /// Sets a password nobody knows, whatever `password` says.
    #[serde(default)]
    #[schema(example = false)]
    set_random_password: bool,
}

impl NewAccount {
    fn try_into_order(self, ports: &Ports) -> Result<AccountOrder, Failure> {
        let hasher = ports.hasher.as_ref();
        let password: PasswordDigest = match &self.password {
            _ if self.set_random_password => password::random(hasher, ports.entropy.as_ref()),
            Some(clear) => password::digest(hasher, order::password(clear)?),
            None => return Err(Failure::invalid("must have required property 'password'")),
        };
        Ok(AccountOrder {
            username: order::username(&self.username)?,
            name: order::shown_name(self.name)?,
            password,
            roles: order::roles(self.roles)?.unwrap_or_else(|| BTreeSet::from([Role::User])),
            email: Some(order::email(&self.email)?),
            email_verified: self.verified,
        })
    }
}

/// Make an account
///
/// Makes a person with an account. The person is the same one that `/users/{id}` is about.
///
/// Needs the permission `create-user`, and `assign-admin-role` for an administrator.
#[utoipa::path(
    post,
    path = "/api/v1/users.create",
    operation_id = "createAccount",
    tag = "Accounts",
    request_body(content((NewAccount = "application/json"), (NewAccount = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The account is made", body = Answered),
        (status = 400, description = "The caller may not, a field is wrong, or a name or address is taken", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, session: Session, body: Body) -> Result<Json<Answered>, Failure> {
    let account: NewAccount = body.read(&SCHEMA)?;
    let status = if account.active.unwrap_or(true) { UserStatus::Active } else { UserStatus::Inactive };
    let not_allowed = || Failure::action("Adding user is not allowed", "Adding_user");
    // Who may not at all is told so before the values are looked at.
    allows(&session.request.caller, Action::CreateAccount, Resource::Service).map_err(|_| not_allowed())?;
    let order = account.try_into_order(&app.ports)?;
    order::may_assign(&session.request.caller, &order.roles)?;
    let done = app.cases.users.create_account.execute(&session.request, order, status).await;
    let done = done.map_err(|error| Failure::of(error, not_allowed))?;
    let user = UserId::parse(&done.value.aggregate_id).map_err(|_| unknown_user())?;
    let made = app.cases.sessions.read_own.of(user).await;
    let made = made.map_err(|error| Failure::of(error, not_allowed))?;
    Ok(Json(Answered { user: User::from(&made.person), success: true }))
}
