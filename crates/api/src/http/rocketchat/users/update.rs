//! `POST /api/v1/users.update`

use axum::Json;
use axum::extract::State;
use portcullis_domain::ids::UserId;
use portcullis_domain::policy::{Action, Resource, allows};
use portcullis_domain::usecase::totp::{GateRefusal, Remembering};
use portcullis_domain::usecase::user::AccountOrder;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::order::{self, Answered};
use crate::app::{App, Ports};
use crate::http::rocketchat::body::{self, Body, Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure, Refusal};
use crate::http::rocketchat::password;
use crate::http::rocketchat::proof::SentProof;
use crate::http::rocketchat::session::Session;
use crate::http::rocketchat::shape::User;

const SCHEMA: Schema =
    Schema { required: &["userId", "data"], fields: &[("userId", Kind::Text), ("data", Kind::Object)], open: false };

/// What the peer can change of an account. Here an account can only be added.
const DATA: Schema = Schema {
    required: &[],
    fields: &[
        ("username", Kind::Text),
        ("password", Kind::Text),
        ("email", Kind::Text),
        ("name", Kind::Text),
        ("roles", Kind::Texts),
        ("verified", Kind::Flag),
    ],
    open: true,
};

/// The account to be added.
#[derive(Deserialize, ToSchema)]
#[schema(as = AddAccountData)]
struct Data {
    /// The name to sign in with: 1 to 128 letters, digits, dots, dashes or underscores; no UUID.
    #[schema(example = "ada")]
    username: String,
    #[schema(example = "correct horse battery staple")]
    password: String,
    /// For a person without an address.
    #[schema(value_type = String, required = false, example = "ada@example.com")]
    email: Option<String>,
    /// The name to show; the user name when left out.
    #[schema(value_type = String, required = false, example = "Ada Lovelace")]
    name: Option<String>,
    /// `admin`, `user` or `bot`; `user` when left out.
    #[schema(value_type = Vec<String>, required = false, example = json!(["user"]))]
    roles: Option<Vec<String>>,
    /// Does the address that is sent along count as confirmed? That of a person who has one already stays as it is.
    #[schema(value_type = bool, required = false, example = true)]
    verified: Option<bool>,
}

/// Who gets an account, and which.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AddAccount)]
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

    fn try_into_order(self, ports: &Ports) -> Result<AccountOrder, Failure> {
        DATA.check("data ", &self.data)?;
        let known = |key: &str| DATA.fields.iter().any(|(name, _)| *name == key);
        let is_account = ["username", "password"].iter().all(|key| self.data.contains_key(*key));
        if !is_account || !self.data.keys().all(|key| known(key)) {
            return Err(only_adding());
        }
        let data: Data = body::decode(Value::Object(self.data))?;
        if data.verified.is_some() && data.email.is_none() {
            return Err(only_adding());
        }
        Ok(AccountOrder {
            username: order::username(&data.username)?,
            name: data.name.map_or_else(|| Ok(data.username.clone()), order::shown_name)?,
            password: password::digest(ports.hasher.as_ref(), order::password(&data.password)?),
            roles: order::roles(data.roles)?,
            email: data.email.as_deref().map(order::email).transpose()?,
            email_verified: data.verified.unwrap_or_default(),
        })
    }
}

/// Told rather than doing half of what was asked.
fn only_adding() -> Failure {
    let reason = "Only adding an account is supported: username and password, with email, name, roles and, beside an \
                  email, verified";
    Failure::refused("error-not-supported", reason)
}

impl Refusal for GateRefusal {
    fn failure(self) -> Failure {
        Failure::challenge(&self.0)
    }
}

/// Gives a person who has none an account. Any other change is refused whole.
///
/// The caller proves the own second factor, which is remembered for a while, and needs the permission `edit-other-user-info`, and
/// `assign-admin-role` for an administrator.
#[utoipa::path(
    post,
    path = "/api/v1/users.update",
    operation_id = "addAccount",
    tag = "Accounts",
    params(
        ("x-2fa-code" = Option<String>, Header, description = "A code of the caller's second factor", example = "148750"),
        ("x-2fa-method" = Option<String>, Header, description = "Which factor the code is of: `totp`, `email` or `password`", example = "totp"),
    ),
    request_body(content((Change = "application/json"))),
    responses(
        (status = 200, description = "The account is added", body = Answered),
        (status = 400, description = "A second factor is needed, the caller may not, a field is wrong or taken, or the change is another one", body = ErrorBody),
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
    let order = change.try_into_order(&app.ports)?;
    let added = app.cases.users.add_account.execute(&session.request, user, order).await;
    added.map_err(|error| Failure::of(error, not_allowed))?;
    let person = app.cases.sessions.read_own.of(user).await;
    let person = person.map_err(|error| Failure::of(error, not_allowed))?.person;
    Ok(Json(Answered { user: User::from(&person), success: true }))
}
