//! `POST /api/v1/users.setActiveStatus`

use axum::Json;
use axum::extract::State;
use portcullis_domain::policy::{Action, Resource, allows};
use portcullis_domain::usecase::user::AccountName;
use portcullis_domain::user::UserStatus;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::rocketchat::body::{Body, Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure, ForbiddenBody, Refusal};
use crate::http::rocketchat::session::Session;

const SCHEMA: Schema = Schema {
    required: &["userId", "activeStatus"],
    fields: &[("userId", Kind::Text), ("activeStatus", Kind::Flag), ("confirmRelinquish", Kind::Flag)],
    open: false,
};

/// Whose account is switched on or off. `confirmRelinquish` is taken as the peer takes it: there is nothing to
/// relinquish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SetActiveStatus)]
pub(super) struct Switch {
    /// An id, or a user name.
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    /// May the account sign in?
    #[schema(example = false)]
    active_status: bool,
}

/// The account as it is now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RocketChatActiveStatus)]
struct Switched {
    #[serde(rename = "_id")]
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    id: String,
    #[schema(example = false)]
    active: bool,
}

/// Switched, or as it was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RocketChatActiveStatusAnswer)]
pub(super) struct Answered {
    user: Switched,
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

/// Switch an account on or off
///
/// Switching off ends all its sessions and tokens, and makes its grants worth nothing.
///
/// Needs the permission `edit-other-user-active-status`, and `assign-admin-role` for the account of an administrator.
/// The last active administrator stays. Somebody suspended is off already, and cannot be switched on before the
/// suspension has ended.
#[utoipa::path(
    post,
    path = "/api/v1/users.setActiveStatus",
    operation_id = "setAccountStatus",
    tag = "Accounts",
    request_body(content((Switch = "application/json"), (Switch = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Switched, or as it was", body = Answered),
        (status = 400, description = "Nobody has the name, or the account cannot be switched", body = ErrorBody),
        (status = 403, description = "The caller may not", body = ForbiddenBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, session: Session, body: Body) -> Result<Json<Answered>, Failure> {
    let request = &session.request;
    // Who may not at all is told so before the values are looked at.
    allows(&request.caller, Action::SetAccountStatus, Resource::Service).map_err(|_| Failure::forbidden())?;
    let Switch { user_id, active_status } = body.read(&SCHEMA)?;
    let name = AccountName { id: Some(user_id), ..AccountName::default() };
    let found = app.cases.users.find_account.execute(&name).await;
    let found = found.map_err(|unavailable| Failure::unavailable(&unavailable))?;
    let user = found.map_err(Refusal::failure)?.id;
    let done = app.cases.users.set_active.execute(request, user, active_status).await;
    done.map_err(|error| Failure::of(error, Failure::forbidden))?;
    let own = app.cases.sessions.read_own.of(user).await;
    let person = own.map_err(|error| Failure::of(error, Failure::forbidden))?.person;
    let user = Switched { id: user.to_string(), active: person.status == UserStatus::Active };
    Ok(Json(Answered { user, success: true }))
}
