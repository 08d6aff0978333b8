//! `POST /users/{id}/SuspendUser`

use axum::extract::State;
use portcullis_domain::event::Event;
use portcullis_domain::ids::UserId;
use portcullis_domain::text::FreeText;
use portcullis_domain::user::SuspendUser;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Changed};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// Why, and who wants it.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SuspendUser)]
pub(super) struct Body {
    /// Why.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "lost phone")]
    reason: Option<String>,
    /// Who does it, kept as sent; the credential that did is recorded beside it.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "front desk")]
    by: Option<String>,
}

impl Body {
    fn try_into_command(self, user: UserId) -> Result<SuspendUser, Problem> {
        let mut faults = Faults::default();
        let reason = faults.required("reason", self.reason, FreeText::parse);
        let by = faults.required("by", self.by, FreeText::parse);
        let (reason, by) = faults.check(reason.zip(by))?;
        Ok(SuspendUser { user, reason, by })
    }
}

/// The payload of `UserSuspended`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserSuspended)]
pub(super) struct Payload {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    #[schema(example = "lost phone")]
    reason: String,
    #[schema(example = "front desk")]
    suspended_by: String,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    suspended_at: String,
}

fn payload(event: Event) -> Option<Payload> {
    let Event::UserSuspended(told) = event else { return None };
    Some(Payload {
        user_id: told.user_id.to_string(),
        reason: told.reason.to_string(),
        suspended_by: told.suspended_by.to_string(),
        suspended_at: told.suspended_at.to_string(),
    })
}

/// Suspend a person
///
/// No token, session or sign-in counts until the person is reactivated. Sessions end for good. Locks stay on the list,
/// shown as suspended. Somebody suspended already is left as is: 200 with `event: null`.
///
/// Allowed: a super key, staff.
#[utoipa::path(
    post,
    path = "/users/{id}/SuspendUser",
    operation_id = "suspendUser",
    tag = "People",
    params(("id" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    request_body = Body,
    responses(
        (status = 200, description = "The person is suspended", body = Changed<Payload>),
        (status = 400, description = "The request is malformed, the account is switched off, or nobody could administer the service any more", body = ErrorBody),
        (status = 404, description = "No such person", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    command: Command,
) -> Result<Answer<Changed<Payload>>, Problem> {
    let body: Body = command.json()?;
    let suspend = body.try_into_command(id.user())?;
    let outcome = app.cases.users.suspend.execute(&command.request, suspend).await;
    let outcome = outcome.map_err(|error| Problem::of(error, &id))?;
    Answer::changed(outcome, |done| Changed::new(done, payload))
}
