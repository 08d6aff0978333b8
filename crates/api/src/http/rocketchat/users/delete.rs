//! `POST /api/v1/users.delete`

use axum::Json;
use axum::extract::State;
use portcullis_domain::policy::{Action, Resource, allows};
use portcullis_domain::usecase::user::AccountName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::rocketchat::body::{Body, Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure, ForbiddenBody, Refusal};
use crate::http::rocketchat::session::Session;

const SCHEMA: Schema = Schema {
    required: &[],
    fields: &[("userId", Kind::Text), ("username", Kind::Text), ("confirmRelinquish", Kind::Flag)],
    open: false,
};

/// Whose account is deleted. `confirmRelinquish` is taken as the peer takes it: there is nothing to relinquish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeleteAccount, example = json!({"username": "ada"}))]
pub(super) struct Target {
    /// An id, or a user name; comes before the other.
    #[schema(value_type = String, required = false, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: Option<String>,
    /// A user name.
    #[schema(value_type = String, required = false, example = "ada")]
    username: Option<String>,
}

/// It is done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RocketChatUserDeleted)]
pub(super) struct Answered {
    /// Always empty: there are no rooms.
    #[schema(value_type = Vec<String>, example = json!([]))]
    deleted_rooms: [(); 0],
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

/// Delete an account
///
/// Deletes an account and the person it is of, for good: personal data, second factor, sessions, tokens and access to
/// locks. The user name and the addresses are free for others; the id is never given again; what happened stays in the
/// history.
///
/// Needs the permission `delete-user`, and `assign-admin-role` for the account of an administrator. The last active
/// administrator stays. A camera account must be deleted before.
#[utoipa::path(
    post,
    path = "/api/v1/users.delete",
    operation_id = "deleteAccount",
    tag = "Accounts",
    request_body(content((Target = "application/json"), (Target = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Deleted", body = Answered),
        (status = 400, description = "Nobody has the name, or the account cannot be deleted", body = ErrorBody),
        (status = 403, description = "The caller may not", body = ForbiddenBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, session: Session, body: Body) -> Result<Json<Answered>, Failure> {
    let request = &session.request;
    // Who may not at all does not learn who exists.
    allows(&request.caller, Action::DeleteAccount, Resource::Service).map_err(|_| Failure::forbidden())?;
    let Target { user_id: id, username } = body.read(&SCHEMA)?;
    let name = AccountName { id, username, email: None };
    let found = app.cases.users.find_account.execute(&name).await;
    let found = found.map_err(|unavailable| Failure::unavailable(&unavailable))?;
    let user = found.map_err(Refusal::failure)?.id;
    let done = app.cases.users.delete.execute(request, user).await;
    done.map_err(|error| Failure::of(error, Failure::forbidden))?;
    Ok(Json(Answered { deleted_rooms: [], success: true }))
}
