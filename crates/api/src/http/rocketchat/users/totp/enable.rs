//! `POST /api/v1/users.totp.enable`

use axum::Json;
use axum::extract::State;

use super::{SucceededWith, failed, succeeded};
use crate::app::App;
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::second_factor::Enrolment;
use crate::http::rocketchat::session::Session;

/// Begin to set up TOTP
///
/// Answers a new secret each time, until one is confirmed; until then it is not in use. Nothing is asked for before.
#[utoipa::path(
    post,
    path = "/api/v1/users.totp.enable",
    operation_id = "enableTotp",
    tag = "Second factor",
    responses(
        (status = 200, description = "The secret, not in use before it is confirmed", body = SucceededWith<Enrolment>),
        (
            status = 400,
            description = "TOTP is in use already",
            body = ErrorBody,
            example = json!({
                "success": false,
                "error": "2FA already enabled [error-2fa-already-enabled]",
                "errorType": "error-2fa-already-enabled",
            })
        ),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    session: Session,
) -> Result<Json<SucceededWith<Enrolment>>, Failure> {
    let begun = app.cases.totp.enable.execute(&session.request).await.map_err(failed)?;
    Ok(succeeded(Enrolment::from(&begun)))
}
