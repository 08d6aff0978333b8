//! `POST /api/v1/users.removeOtherTokens`

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::http::rocketchat::failure::Failure;
use crate::http::rocketchat::session::Session;
use crate::http::rocketchat::shape::Succeeded;

/// End the other sessions
///
/// The session the request came with and personal access tokens stay. A body is not looked at.
#[utoipa::path(
    post,
    path = "/api/v1/users.removeOtherTokens",
    operation_id = "removeOtherTokens",
    tag = "Sessions",
    responses((status = 200, description = "The other sessions are over", body = Succeeded))
)]
pub(super) async fn handler(State(app): State<App>, session: Session) -> Result<Json<Succeeded>, Failure> {
    let ended = app.cases.sessions.end_others.execute(&session.request).await;
    ended.map_err(|error| Failure::of(error, Failure::unauthenticated))?;
    Ok(Json(Succeeded::NOW))
}
