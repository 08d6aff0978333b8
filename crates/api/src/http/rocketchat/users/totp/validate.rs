//! `POST /api/v1/users.totp.validate`

use axum::Json;
use axum::extract::State;

use super::{Code, SucceededWith, failed, succeeded};
use crate::app::App;
use crate::http::rocketchat::body::Body;
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::second_factor::Codes;
use crate::http::rocketchat::session::Session;

/// Confirm TOTP
///
/// Confirms the secret with a first code of the app; TOTP is in use from then on. The backup codes are shown in this
/// answer and never again. The other sessions end.
#[utoipa::path(
    post,
    path = "/api/v1/users.totp.validate",
    operation_id = "confirmTotp",
    tag = "Second factor",
    request_body(content((Code = "application/json"), (Code = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "TOTP is in use from now on; the backup codes", body = SucceededWith<Codes>),
        (status = 400, description = "The code is wrong, or there is no secret to confirm", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    session: Session,
    body: Body,
) -> Result<Json<SucceededWith<Codes>>, Failure> {
    let code = Code::of(body)?;
    let codes = app.cases.totp.confirm.execute(&session.request, &code).await.map_err(failed)?;
    Ok(succeeded(Codes::from(codes)))
}
