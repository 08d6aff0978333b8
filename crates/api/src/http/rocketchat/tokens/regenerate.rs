//! `POST /api/v1/users.regeneratePersonalAccessToken`

use axum::Json;
use axum::extract::State;

use super::{Made, Named, failed};
use crate::app::App;
use crate::http::rocketchat::body::Body;
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::proof::SentProof;
use crate::http::rocketchat::session::Session;

/// Renew a personal access token
///
/// Puts a new token in place of one of the caller's, under the same name. The old one is void at once. The new one is
/// shown in this answer and never again, and passes a second factor if the old one did.
///
/// Needs what making one needs.
#[utoipa::path(
    post,
    path = "/api/v1/users.regeneratePersonalAccessToken",
    operation_id = "regeneratePersonalAccessToken",
    tag = "Sessions",
    request_body(content((Named = "application/json"), (Named = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The new token, shown once", body = Made),
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
) -> Result<Json<Made>, Failure> {
    let name = Named::of(body)?;
    let made = app.cases.sessions.regenerate_token.execute(&session.request, &name, &proof).await;
    Ok(Json(made.map_err(failed)?.into()))
}
