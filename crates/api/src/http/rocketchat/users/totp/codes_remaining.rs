//! `GET /api/v1/users.totp.codesRemaining`

use axum::Json;
use axum::extract::State;

use super::{SucceededWith, failed, succeeded};
use crate::app::App;
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::second_factor::Remaining;
use crate::http::rocketchat::session::Session;

/// Count backup codes
///
/// How many of the caller's backup codes are unused.
#[utoipa::path(
    get,
    path = "/api/v1/users.totp.codesRemaining",
    operation_id = "countBackupCodes",
    tag = "Second factor",
    responses(
        (status = 200, description = "How many backup codes are left", body = SucceededWith<Remaining>),
        (
            status = 400,
            description = "TOTP is not in use",
            body = ErrorBody,
            example = json!({"success": false, "error": "Invalid TOTP [invalid-totp]", "errorType": "invalid-totp"})
        ),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    session: Session,
) -> Result<Json<SucceededWith<Remaining>>, Failure> {
    let remaining = app.cases.totp.remaining.execute(&session.request).await.map_err(failed)?;
    Ok(succeeded(Remaining { remaining }))
}
