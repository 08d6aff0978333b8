//! `POST /api/v1/users.removePersonalAccessToken`

use axum::Json;
use axum::extract::State;

use super::{Named, failed};
use crate::app::App;
use crate::http::rocketchat::body::Body;
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::proof::SentProof;
use crate::http::rocketchat::session::Session;
use crate::http::rocketchat::shape::Succeeded;

/// Remove a personal access token
///
/// It is void at once. Needs what making one needs.
#[utoipa::path(
    post,
    path = "/api/v1/users.removePersonalAccessToken",
    operation_id = "removePersonalAccessToken",
    tag = "Sessions",
    request_body(content((Named = "application/json"), (Named = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The token is void", body = Succeeded),
        (
            status = 400,
            description = "A second factor is needed, the caller may not, or no token has the name",
            body = ErrorBody,
            example = json!({
                "success": false,
                "error": "Token does not exist [error-token-does-not-exists]",
                "errorType": "error-token-does-not-exists",
            })
        ),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    session: Session,
    SentProof(proof): SentProof,
    body: Body,
) -> Result<Json<Succeeded>, Failure> {
    let name = Named::of(body)?;
    app.cases.sessions.remove_token.execute(&session.request, &name, &proof).await.map_err(failed)?;
    Ok(Json(Succeeded::NOW))
}
