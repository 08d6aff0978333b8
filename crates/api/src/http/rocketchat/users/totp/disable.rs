//! `POST /api/v1/users.totp.disable`

use axum::Json;
use axum::extract::State;

use super::{Code, SucceededWith, failed, succeeded};
use crate::app::App;
use crate::http::rocketchat::body::Body;
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::second_factor::{self, Disabled};
use crate::http::rocketchat::session::Session;

/// Give TOTP up
///
/// With a code of the second factor. A wrong one gives 200 with `disabled: false`.
#[utoipa::path(
    post,
    path = "/api/v1/users.totp.disable",
    operation_id = "disableTotp",
    tag = "Second factor",
    request_body(content((Code = "application/json"), (Code = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Whether TOTP was switched off: not with a wrong code, nor where it is not in use", body = SucceededWith<Disabled>),
        (status = 400, description = "Too many wrong codes", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    session: Session,
    body: Body,
) -> Result<Json<SucceededWith<Disabled>>, Failure> {
    let code = Code::of(body)?;
    let disabled = app.cases.totp.disable.execute(&session.request, &code).await;
    let disabled = second_factor::unless_wrong(disabled).map_err(failed)?.is_some();
    Ok(succeeded(Disabled { disabled }))
}
