//! `POST /users/{id}/RemoveAccessibleLock`

use axum::extract::State;
use portcullis_domain::access::RemoveAccess;
use portcullis_domain::event::Event;
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::text::FreeText;
use portcullis_domain::usecase::Done;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Occurred};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// Which lock to take away, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RemoveAccessibleLock)]
pub(super) struct Body {
    /// The lock: 1 to 128 characters.
    #[schema(value_type = String, min_length = 1, max_length = 128, example = "garage")]
    lock_id: Option<String>,
    /// Who removes it, kept as sent; the credential that did is recorded beside it.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "front desk")]
    removed_by: Option<String>,
    /// Why.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "moved out")]
    reason: Option<String>,
}

impl Body {
    fn try_into_command(self, user: UserId) -> Result<RemoveAccess, Problem> {
        let mut faults = Faults::default();
        let lock = faults.required("lockId", self.lock_id, LockId::parse);
        let removed_by = faults.required("removedBy", self.removed_by, FreeText::parse);
        let reason = faults.required("reason", self.reason, FreeText::parse);
        let fields = lock.zip(removed_by).zip(reason);
        let ((lock, removed_by), reason) = faults.check(fields)?;
        Ok(RemoveAccess { user, lock, removed_by, reason })
    }
}

/// The payload of `AccessibleLockRemoved`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccessibleLockRemoved)]
#[expect(clippy::struct_field_names, reason = "the wire calls them so")]
pub(super) struct Removed {
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    #[schema(example = "garage")]
    lock_id: String,
    #[schema(example = "front desk")]
    removed_by: String,
    #[schema(example = "moved out")]
    reason: String,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    removed_at: String,
}

/// The lock is gone from the list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccessibleLockRemovedAnswer)]
pub(super) struct Answered {
    #[schema(example = true)]
    success: bool,
    /// The person.
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    aggregate_id: String,
    /// Version of the person's stream now.
    #[schema(example = 3)]
    version: u64,
    #[schema(required = true)]
    event: Option<Occurred<Removed>>,
    #[schema(example = "garage")]
    lock_id: String,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    removed_at: String,
}

impl Answered {
    fn new(done: Done) -> Option<Self> {
        let Some(Event::AccessibleLockRemoved(removed)) = done.event else { return None };
        let data = Removed {
            user_id: removed.user_id.to_string(),
            lock_id: removed.lock_id.to_string(),
            removed_by: removed.removed_by.to_string(),
            reason: removed.reason.to_string(),
            removed_at: removed.removed_at.to_string(),
        };
        Some(Self {
            success: true,
            aggregate_id: done.aggregate_id,
            version: done.version.number(),
            lock_id: data.lock_id.clone(),
            removed_at: data.removed_at.clone(),
            event: Some(Occurred { name: "AccessibleLockRemoved", data }),
        })
    }
}

/// Take a lock off a person's list
///
/// From the moment this is answered the person cannot open the lock, on every server. A second removal is refused with
/// 400; with the same `Idempotency-Key` it is answered as the first.
///
/// Allowed: the person, a key of the organisation the lock belongs to, a super key, staff.
#[utoipa::path(
    post,
    path = "/users/{id}/RemoveAccessibleLock",
    operation_id = "removeAccessibleLock",
    tag = "Access",
    params(("id" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    request_body = Body,
    responses(
        (status = 200, description = "The lock is gone from the list", body = Answered),
        (
            status = 400,
            description = "The request is malformed, or the lock is not on the list",
            body = ErrorBody,
            example = json!({
                "error": "Bad Request",
                "message": "The lock is not in the user's list of accessible locks",
                "code": 400,
                "requestId": "req_0190163d8694739baea55966c26f8ad2",
            })
        ),
        (status = 404, description = "No such person", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, id: Id, command: Command) -> Result<Answer<Answered>, Problem> {
    let body: Body = command.json()?;
    let remove = body.try_into_command(id.user())?;
    let outcome = app.cases.access.remove.execute(&command.request, remove).await;
    let outcome = outcome.map_err(|error| Problem::of(error, &id))?;
    Answer::changed(outcome, Answered::new)
}
