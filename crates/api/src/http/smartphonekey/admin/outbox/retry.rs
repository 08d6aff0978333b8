//! `POST /admin/outbox/{id}/retry`

use axum::extract::State;
use portcullis_domain::event::Version;
use portcullis_domain::ids::OutboxId;
use serde::Serialize;
use utoipa::ToSchema;

use super::Message;
use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// The message as it is now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutboxRetryAnswer, example = json!({
    "success": true, "id": "019aa580-7ad4-7c11-8f00-5f2c9e1b7a44", "template": "totp-reset",
    "userId": "0190163d-8694-739b-aea5-5966c26f8ad2", "state": "waiting", "attempts": 0,
    "queuedAt": "2026-11-21T10:15:00.000Z", "nextTryAt": "2026-11-21T10:15:00.000Z", "doneAt": null,
    "reason": null, "retryable": false,
}))]
pub(crate) struct Answered {
    #[schema(example = true)]
    success: bool,
    #[serde(flatten)]
    message: Message,
}

/// Send a message that was given up
///
/// Lets the message wait again; it is tried at once, and as often as a new one. The body is not looked at. The version
/// in `ETag` and `If-Match` is the number of tries.
///
/// Allowed: staff.
#[utoipa::path(
    post,
    path = "/admin/outbox/{id}/retry",
    operation_id = "retryOutboxMessage",
    tag = "Outbox",
    params(("id" = String, Path, description = "The message", example = "019aa580-7ad4-7c11-8f00-5f2c9e1b7a44")),
    responses(
        (status = 200, description = "The message waits again", body = Answered),
        (status = 404, description = "No such message", body = ErrorBody),
        (status = 409, description = "The message was not given up, or has no content any more", body = ErrorBody),
    )
)]
pub(crate) async fn handler(State(app): State<App>, id: Id, command: Command) -> Result<Answer<Answered>, Problem> {
    // An id no message can have is that of a message there is not.
    let message = OutboxId::parse(id.text()).unwrap_or(OutboxId::NONE);
    let outcome = app.cases.outbox.retry.execute(&command.request, message).await;
    let outcome = outcome.map_err(|error| Problem::of(error, &id))?;
    let tries = Version::new(outcome.value.attempts);
    let answered = Answered { success: true, message: outcome.value.into() };
    Ok(Answer::read(Some(tries), answered).replayed(outcome.replayed))
}
