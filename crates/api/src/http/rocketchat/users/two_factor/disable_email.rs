//! `POST /api/v1/users.2fa.disableEmail`

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::proof::SentProof;
use crate::http::rocketchat::session::Session;
use crate::http::rocketchat::shape::Succeeded;

/// Switch codes by e-mail off
///
/// The caller proves the own second factor with each call. A body is not looked at.
#[utoipa::path(
    post,
    path = "/api/v1/users.2fa.disableEmail",
    operation_id = "disableEmailFactor",
    tag = "Second factor",
    responses(
        (status = 200, description = "Codes by e-mail are switched off, or were", body = Succeeded),
        (
            status = 400,
            description = "A second factor is needed",
            body = ErrorBody,
            example = json!({
                "success": false,
                "error": "TOTP Required [totp-required]",
                "errorType": "totp-required",
                "details": {
                    "method": "email",
                    "codeGenerated": true,
                    "availableMethods": ["email"],
                    "emailOrUsername": "ada@example.com",
                    "codeExpires": "2026-11-21T11:15:00.000Z",
                },
            })
        ),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    session: Session,
    SentProof(proof): SentProof,
) -> Result<Json<Succeeded>, Failure> {
    let disabled = app.cases.totp.disable_email.execute(&session.request, &proof).await;
    disabled.map_err(|error| Failure::of(error, Failure::unauthenticated))?;
    Ok(Json(Succeeded::NOW))
}
