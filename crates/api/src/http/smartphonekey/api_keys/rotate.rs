//! `POST /api-keys/{prefix}/rotate`

use axum::extract::State;

use super::Why;
use super::made::MadeKey;
use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// Put a new key in place of one
///
/// The old one stops working at once. The new one may do as much and lasts as long. It is shown in this answer, and to a
/// repeat with the same `Idempotency-Key` once more within 24 hours.
///
/// Allowed: staff.
#[utoipa::path(
    post,
    path = "/api-keys/{prefix}/rotate",
    operation_id = "rotateApiKey",
    tag = "Organisations",
    params(("prefix" = String, Path, description = "The first 8 characters of the old key", pattern = "^[0-9A-Za-z]{8}$", example = "aB3dE5gH")),
    request_body = Option<Why>,
    responses(
        (status = 201, description = "The new key", body = MadeKey),
        (status = 404, description = "No such key, or it is revoked already", body = ErrorBody),
        (status = 409, description = "The key has expired, or too many others changed the organisation at the same time", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, id: Id, command: Command) -> Result<Answer<MadeKey>, Problem> {
    let reason = command.json_or_default::<Why>()?.reason()?;
    let made = app.cases.orgs.rotate_key.execute(&command.request, super::prefix(&id)?, reason).await;
    let made = made.map_err(|error| Problem::of(error, &id))?;
    Ok(Answer::created(made.value.version, made.value.into()).replayed(made.replayed))
}
