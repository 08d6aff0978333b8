//! `POST /api/v1/users.2fa.enableEmail`

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::session::Session;
use crate::http::rocketchat::shape::Succeeded;

/// Switch codes by e-mail on
///
/// As the own second factor. The other sign-ins end, personal access tokens stay. A body is not looked at.
#[utoipa::path(
    post,
    path = "/api/v1/users.2fa.enableEmail",
    operation_id = "enableEmailFactor",
    tag = "Second factor",
    responses(
        (status = 200, description = "Codes by e-mail are asked for from now on", body = Succeeded),
        (
            status = 400,
            description = "There is no confirmed address",
            body = ErrorBody,
            example = json!({
                "success": false,
                "error": "You need to verify your emails before setting up 2FA [error-invalid-user]",
                "errorType": "error-invalid-user",
            })
        ),
    )
)]
pub(super) async fn handler(State(app): State<App>, session: Session) -> Result<Json<Succeeded>, Failure> {
    let enabled = app.cases.totp.enable_email.execute(&session.request).await;
    enabled.map_err(|error| Failure::of(error, Failure::unauthenticated))?;
    Ok(Json(Succeeded::NOW))
}
