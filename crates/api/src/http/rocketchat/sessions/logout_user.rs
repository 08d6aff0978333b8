//! `POST /api/v1/users.logout`

use axum::Json;
use axum::extract::State;
use portcullis_domain::session::LogOutRefusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::rocketchat::body::{Body, Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure, ForbiddenBody, Refusal};
use crate::http::rocketchat::session::Session;

const SCHEMA: Schema = Schema { required: &[], fields: &[("userId", Kind::Text)], open: false };

/// Whom to sign out. Nobody named: the caller.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = LogOutUser)]
pub(super) struct Target {
    #[schema(value_type = String, required = false, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: Option<String>,
}

/// Somebody is signed out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoggedOutUser)]
pub(super) struct Answered {
    #[schema(example = "User 0190163d-8694-739b-aea5-5966c26f8ad2 has been logged out!")]
    message: String,
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

impl Refusal for LogOutRefusal {
    fn failure(self) -> Failure {
        let reason = self.to_string();
        match self {
            Self::UnknownUser => Failure::refused("error-invalid-user-id", &reason),
        }
    }
}

/// Sign a person out
///
/// Ends all sessions of a person, the one the request came with too if it is the caller's own. Personal access tokens
/// stay.
///
/// Somebody else's needs the permission `logout-other-user`, and is recorded.
#[utoipa::path(
    post,
    path = "/api/v1/users.logout",
    operation_id = "logOutUser",
    tag = "Sessions",
    request_body(content((Target = "application/json"), (Target = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The sessions are over", body = Answered),
        (
            status = 400,
            description = "Nobody with an account has the id, or the body is not what the route takes",
            body = ErrorBody,
            example = json!({
                "success": false,
                "error": "Invalid user id [error-invalid-user-id]",
                "errorType": "error-invalid-user-id",
            })
        ),
        (status = 403, description = "The caller may not sign others out", body = ForbiddenBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, session: Session, body: Body) -> Result<Json<Answered>, Failure> {
    let Target { user_id } = body.read(&SCHEMA)?;
    let user = app.cases.sessions.log_out_user.execute(&session.request, user_id.as_deref()).await;
    let user = user.map_err(|error| Failure::of(error, Failure::forbidden))?;
    Ok(Json(Answered { message: format!("User {user} has been logged out!"), success: true }))
}
