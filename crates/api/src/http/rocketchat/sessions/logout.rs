//! `POST /api/v1/logout`, and the same with `GET`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::session::Session;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoggedOutMessage)]
struct Message {
    #[schema(value_type = String, example = "You've been logged out!")]
    message: &'static str,
}

/// The session is over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoggedOut)]
pub(super) struct Answered {
    /// Always `success`.
    #[schema(value_type = String, example = "success")]
    status: &'static str,
    data: Message,
}

/// Sign out
///
/// Ends the session the request came with, and no other. A personal access token is removed by it. A body is not
/// looked at.
#[utoipa::path(
    post,
    path = "/api/v1/logout",
    operation_id = "logOut",
    tag = "Sessions",
    responses((status = 200, description = "The session is over", body = Answered))
)]
pub(super) async fn handler(State(app): State<App>, session: Session) -> Result<Json<Answered>, Failure> {
    let ended = app.cases.sessions.sign_out.execute(&session.request).await;
    ended.map_err(|error| Failure::of(error, Failure::unauthenticated))?;
    Ok(Json(Answered { status: "success", data: Message { message: "You've been logged out!" } }))
}

/// Sign out, by GET
///
/// Ends the session the request came with, for clients that only know `GET`.
#[utoipa::path(
    get,
    path = "/api/v1/logout",
    operation_id = "logOutByGet",
    tag = "Sessions",
    responses(
        (status = 200, description = "The session is over", body = Answered),
        (status = 409, description = "Too many others changed the same thing at the same time", body = ErrorBody),
    )
)]
pub(super) async fn get_handler(state: State<App>, session: Session) -> Result<Json<Answered>, Failure> {
    handler(state, session).await
}
