//! `POST /api/v1/users.update`

use axum::Json;
use axum::extract::State;
use portcullis_domain::ids::UserId;
use portcullis_domain::policy::{Action, Resource, allows};
use portcullis_domain::usecase::totp::Remembering;
use portcullis_domain::usecase::user::AccountEdit;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::order::{self, Answered};
use crate::app::{App, Ports};
use crate::http::rocketchat::body::{self, Body, Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::password;
use crate::http::rocketchat::proof::SentProof;
use crate::http::rocketchat::session::Session;
use crate::http::rocketchat::shape::User;

const SCHEMA: Schema =
    Schema { required: &["userId", "data"], fields: &[("userId", Kind::Text), ("data", Kind::Object)], open: false };

/// What can be changed of an account.
const DATA: Schema = Schema {
    required: &[],
    fields: &[
        ("username", Kind::Text),
        ("password", Kind::Text),
        ("email", Kind::Text),
        ("name", Kind::Text),
        ("roles", Kind::Texts),
        ("verified", Kind::Flag),
        ("active", Kind::Flag),
    ],
    open: true,
};

/// What is to change; what is left out stays. A person without an account gets one: then `username` and `password` are
/// needed, `active` cannot be sent, and `verified` only beside an `email`.
#[derive(Deserialize, ToSchema)]
#[schema(as = UpdateAccountData, example = json!({
    "name": "Ada Lovelace", "email": "ada@example.com", "verified": true,
}))]
struct Data {
    /// The name to sign in with: 1 to 128 letters, digits, dots, dashes or underscores; no UUID.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 128, pattern = r"^[^\x00-\x2C\x2F\x3A-\x40\x5B-\x5E\x60\x7B-\x9F\s]+$", example = "ada")]
    username: Option<String>,
    /// Ends all sessions and tokens.
    #[schema(value_type = String, required = false, min_length = 1, pattern = r"\S", example = "correct horse battery staple")]
    password: Option<String>,
    /// In place of the address there is.
    #[schema(value_type = String, required = false, format = Email, max_length = 254, example = "ada@example.com")]
    email: Option<String>,
    /// The name to show: 1 to 500 characters.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 500, example = "Ada Lovelace")]
    name: Option<String>,
    /// `admin`, `user` or `bot`, in place of the roles there are; an empty list changes nothing.
    #[schema(value_type = Vec<String>, required = false, example = json!(["user"]))]
    roles: Option<Vec<String>>,
    /// Does the address count as confirmed, the one sent along or the one there is? One sent without this does not.
    #[schema(value_type = bool, required = false, example = true)]
    verified: Option<bool>,
    /// May the account sign in? Switching off ends all sessions and tokens.
    #[schema(value_type = bool, required = false, example = true)]
    active: Option<bool>,
}

/// Whose account changes, and how.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = UpdateAccount)]
pub(super) struct Change {
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    #[schema(value_type = Data)]
    data: Map<String, Value>,
}

impl Change {
    /// The person, or nobody; who may not change anything does not learn which.
    fn user(&self) -> UserId {
        UserId::parse(&self.user_id).unwrap_or(UserId::NOBODY)
    }

    fn try_into_edit(self, ports: &Ports) -> Result<AccountEdit, Failure> {
        DATA.check("data ", &self.data)?;
        let known = |key: &String| DATA.fields.iter().any(|(name, _)| name == key);
        if !self.data.keys().all(known) {
            return Err(not_supported());
        }
        let data: Data = body::decode(Value::Object(self.data))?;
        let digest = |password: &String| -> Result<_, Failure> {
            Ok(password::digest(ports.hasher.as_ref(), order::password(password)?))
        };
        Ok(AccountEdit {
            username: data.username.as_deref().map(order::username).transpose()?,
            name: data.name.map(order::shown_name).transpose()?,
            password: data.password.as_ref().map(digest).transpose()?,
            roles: order::roles(data.roles)?,
            active: data.active,
            email: data.email.as_deref().map(order::email).transpose()?,
            email_verified: data.verified,
        })
    }
}

/// Told rather than doing half of what was asked.
fn not_supported() -> Failure {
    let reason = "Only username, password, email, name, roles, verified and active can be changed";
    Failure::refused("error-not-supported", reason)
}

/// Change an account
///
/// Changes an account, or gives one to a person who has none. Nothing is done by halves: a change that is not
/// supported refuses the whole.
///
/// The caller proves the own second factor, which is remembered for a while, and needs the permission
/// `edit-other-user-info`; `assign-admin-role` too for an account that is an administrator's or becomes one. The last
/// active administrator stays one.
#[utoipa::path(
    post,
    path = "/api/v1/users.update",
    operation_id = "updateAccount",
    tag = "Accounts",
    request_body(content((Change = "application/json"))),
    responses(
        (status = 200, description = "The account as it is now", body = Answered),
        (status = 400, description = "A second factor is needed, the caller may not, a field is wrong or taken, or the change is none that is supported", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    session: Session,
    SentProof(proof): SentProof,
    body: Body,
) -> Result<Json<Answered>, Failure> {
    let change: Change = body.read(&SCHEMA)?;
    let user = change.user();
    let not_allowed = || Failure::action("Editing user is not allowed", "Editing_user");
    let passed = app.cases.totp.gate.pass(&session.request, session.user, &proof, Remembering::Allowed).await;
    passed.map_err(|error| Failure::of(error, not_allowed))?;
    // Who may not at all is told so before the values are looked at.
    allows(&session.request.caller, Action::EditAccount, Resource::Service).map_err(|_| not_allowed())?;
    let edit = change.try_into_edit(&app.ports)?;
    order::may_assign(&session.request.caller, &edit.roles.clone().unwrap_or_default())?;
    let changed = app.cases.users.change_account.execute(&session.request, user, edit).await;
    changed.map_err(|error| Failure::of(error, not_allowed))?;
    let person = app.cases.sessions.read_own.of(user).await;
    let person = person.map_err(|error| Failure::of(error, not_allowed))?.person;
    Ok(Json(Answered { user: User::from(&person), success: true }))
}
