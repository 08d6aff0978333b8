//! `POST /users/{id}/AddAccessibleLock`

use axum::extract::State;
use portcullis_domain::access::{AccessLevel, AddAccess, Window};
use portcullis_domain::clock::Timestamp;
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

/// Which lock to add, how to show it, and when it counts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AddAccessibleLock)]
pub(super) struct Body {
    /// The lock: 1 to 128 characters.
    #[schema(value_type = String, min_length = 1, max_length = 128, example = "garage")]
    lock_id: Option<String>,
    /// The name to show it with.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "Garage")]
    lock_name: Option<String>,
    /// The label to show it with: OWNER, ADMIN, USER or GUEST.
    #[schema(value_type = String, pattern = "^(OWNER|ADMIN|USER|GUEST)$", example = "USER")]
    access_level: Option<String>,
    /// Who grants it, kept as sent.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "front desk")]
    granted_by: Option<String>,
    /// Not before this instant (RFC 3339).
    #[schema(format = DateTime, example = "2026-11-21T10:15:00Z")]
    valid_from: Option<String>,
    /// Not from this instant on (RFC 3339); in the future, and after `validFrom`.
    #[schema(format = DateTime, example = "2099-11-21T10:15:00Z")]
    valid_until: Option<String>,
}

impl Body {
    fn try_into_command(self, user: UserId) -> Result<AddAccess, Problem> {
        let mut faults = Faults::default();
        let lock = faults.required("lockId", self.lock_id, LockId::parse);
        let lock_name = faults.required("lockName", self.lock_name, FreeText::parse);
        let access_level = faults.required("accessLevel", self.access_level, |text| {
            AccessLevel::parse(&text).ok_or("must be OWNER, ADMIN, USER or GUEST")
        });
        let granted_by = faults.required("grantedBy", self.granted_by, FreeText::parse);
        let instant = |text: String| Timestamp::parse(&text);
        let from = faults.optional("validFrom", self.valid_from, instant);
        let until = faults.optional("validUntil", self.valid_until, instant);
        let window = faults.optional("validUntil", Some((from, until)), |(from, until)| Window::new(from, until));
        let fields = lock.zip(lock_name).zip(access_level).zip(granted_by).zip(window);
        let ((((lock, lock_name), access_level), granted_by), window) = faults.check(fields)?;
        Ok(AddAccess { user, lock, lock_name, access_level, granted_by, window })
    }
}

/// The payload of `AccessibleLockAdded`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccessibleLockAdded)]
pub(super) struct Added {
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    #[schema(example = "garage")]
    lock_id: String,
    #[schema(example = "Garage")]
    lock_name: String,
    #[schema(example = "USER")]
    access_level: &'static str,
    #[schema(example = "front desk")]
    granted_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false, example = "2026-11-21T10:15:00.000Z")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false, example = "2099-11-21T10:15:00.000Z")]
    valid_until: Option<String>,
}

/// The lock is on the list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccessibleLockAddedAnswer)]
pub(super) struct Answered {
    #[schema(example = true)]
    success: bool,
    /// The person.
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    aggregate_id: String,
    /// Version of the person's stream now.
    #[schema(example = 2)]
    version: u64,
    #[schema(required = true)]
    event: Option<Occurred<Added>>,
    #[schema(example = "garage")]
    lock_id: String,
    #[schema(example = "USER")]
    access_level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false, example = "2026-11-21T10:15:00.000Z")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false, example = "2099-11-21T10:15:00.000Z")]
    valid_until: Option<String>,
}

impl Answered {
    fn new(done: Done) -> Option<Self> {
        let Some(Event::AccessibleLockAdded(added)) = done.event else { return None };
        let data = Added {
            user_id: added.user_id.to_string(),
            lock_id: added.lock_id.to_string(),
            lock_name: added.lock_name.to_string(),
            access_level: added.access_level.as_str(),
            granted_by: added.granted_by.to_string(),
            valid_from: added.valid_from.map(|at| at.to_string()),
            valid_until: added.valid_until.map(|at| at.to_string()),
        };
        Some(Self {
            success: true,
            aggregate_id: done.aggregate_id,
            version: done.version.number(),
            lock_id: data.lock_id.clone(),
            access_level: data.access_level,
            valid_from: data.valid_from.clone(),
            valid_until: data.valid_until.clone(),
            event: Some(Occurred { name: "AccessibleLockAdded", data }),
        })
    }
}

/// Put a lock on a person's list
///
/// The person can open the lock from then on, or within the window that is sent along. A second grant of the same lock
/// is refused with 400; one that has expired counts as absent.
///
/// Allowed: the owner of the lock on the own list, a key of the organisation the lock belongs to, a super key, staff.
#[utoipa::path(
    post,
    path = "/users/{id}/AddAccessibleLock",
    operation_id = "addAccessibleLock",
    tag = "Access",
    params(("id" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    request_body = Body,
    responses(
        (status = 200, description = "The lock is on the list", body = Answered),
        (status = 400, description = "The request is malformed, or the lock is on the list already", body = ErrorBody),
        (status = 404, description = "No such person", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, id: Id, command: Command) -> Result<Answer<Answered>, Problem> {
    let body: Body = command.json()?;
    let add = body.try_into_command(id.user())?;
    let outcome = app.cases.access.add.execute(&command.request, add).await;
    let outcome = outcome.map_err(|error| Problem::of(error, &id))?;
    Answer::changed(outcome, Answered::new)
}
