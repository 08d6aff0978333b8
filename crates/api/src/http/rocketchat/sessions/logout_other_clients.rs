//! `POST /api/v1/users.logoutOtherClients`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::rocketchat::failure::Failure;
use crate::http::rocketchat::session::Session;

/// The session that goes on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LoggedOutOtherClients)]
pub(super) struct Answered {
    /// The token the request came with.
    #[schema(example = "RScctEHSmLGZGywfIhWyRpyofhKOiMoUIpimhvheU3f")]
    token: String,
    /// When it ends by itself; empty for one that does not.
    #[schema(example = "2027-02-19T10:15:00.000Z")]
    token_expires: String,
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

/// Sign out everywhere else
///
/// Ends the caller's other sessions, and tells how long this one lasts. Personal access tokens stay. A body is not
/// looked at.
#[utoipa::path(
    post,
    path = "/api/v1/users.logoutOtherClients",
    operation_id = "logOutOtherClients",
    tag = "Sessions",
    responses((status = 200, description = "The other sessions are over", body = Answered))
)]
pub(super) async fn handler(State(app): State<App>, session: Session) -> Result<Json<Answered>, Failure> {
    let own = app.cases.sessions.end_others.execute(&session.request).await;
    let own = own.map_err(|error| Failure::of(error, Failure::unauthenticated))?;
    let token_expires = own.expires_at.map(|end| end.to_string()).unwrap_or_default();
    Ok(Json(Answered { token: session.sent.expose().to_owned(), token_expires, success: true }))
}
