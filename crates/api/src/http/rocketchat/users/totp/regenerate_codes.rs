//! `POST /api/v1/users.totp.regenerateCodes`

use axum::Json;
use axum::extract::State;

use super::{Code, SucceededWith, failed, succeeded};
use crate::app::App;
use crate::http::rocketchat::body::Body;
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::second_factor::Codes;
use crate::http::rocketchat::session::Session;

/// Make new backup codes
///
/// With a code of the second factor. The old ones are void; the new ones are shown in this answer and never again.
#[utoipa::path(
    post,
    path = "/api/v1/users.totp.regenerateCodes",
    operation_id = "regenerateBackupCodes",
    tag = "Second factor",
    request_body(content((Code = "application/json"), (Code = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The new backup codes; the old ones are void", body = SucceededWith<Codes>),
        (status = 400, description = "The code is wrong, or TOTP is not in use", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    session: Session,
    body: Body,
) -> Result<Json<SucceededWith<Codes>>, Failure> {
    let code = Code::of(body)?;
    let codes = app.cases.totp.regenerate.execute(&session.request, &code).await.map_err(failed)?;
    Ok(succeeded(Codes::from(codes)))
}
