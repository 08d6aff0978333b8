//! `GET /api/v1/me`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::rocketchat::failure::Failure;
use crate::http::rocketchat::session::Session;
use crate::http::rocketchat::shape::Me;

/// Whoever is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RocketChatOwnRecord)]
pub(super) struct Answered {
    #[serde(flatten)]
    me: Me,
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

/// Show who is signed in
///
/// The record of whoever the session is of: name, addresses, roles, settings, and which second factors are in use.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    operation_id = "readOwnRecord",
    tag = "Sessions",
    responses((status = 200, description = "The own record", body = Answered))
)]
pub(super) async fn handler(State(app): State<App>, session: Session) -> Result<Json<Answered>, Failure> {
    let own = app.cases.sessions.read_own.execute(&session.request.caller).await;
    let own = own.map_err(|error| Failure::of(error, Failure::unauthenticated))?;
    Ok(Json(Answered { me: Me::new(&own, &app), success: true }))
}
