//! `POST /users/{id}/UpdateEmail`

use axum::extract::State;
use portcullis_domain::event::Event;
use portcullis_domain::text::EmailAddress;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Changed};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// The address.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = UpdateEmail)]
pub(super) struct Body {
    /// The e-mail address; nobody else's.
    #[schema(value_type = String, format = Email, max_length = 254, example = "ada@example.com")]
    email: Option<String>,
}

impl Body {
    fn try_into_address(self) -> Result<EmailAddress, Problem> {
        let mut faults = Faults::default();
        let email = faults.required("email", self.email, |text| EmailAddress::parse(&text));
        faults.check(email)
    }
}

/// The payload of `UserEmailUpdated`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserEmailUpdated)]
pub(super) struct Payload {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    /// `set` or `removed`.
    #[schema(example = "set")]
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "a***@example.com")]
    masked_email: Option<String>,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    timestamp: String,
}

fn payload(event: Event) -> Option<Payload> {
    let Event::UserEmailUpdated(updated) = event else { return None };
    Some(Payload {
        user_id: updated.user_id.to_string(),
        action: updated.action.as_str(),
        masked_email: updated.masked_email,
        timestamp: updated.timestamp.to_string(),
    })
}

/// Give a person an e-mail address
///
/// To somebody who has none. The same address again changes nothing: 200 with `event: null`.
///
/// Allowed: the person, a key of the person's organisation, a super key, staff.
#[utoipa::path(
    post,
    path = "/users/{id}/UpdateEmail",
    operation_id = "updateEmail",
    tag = "People",
    params(("id" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    request_body = Body,
    responses(
        (status = 200, description = "The person has the address", body = Changed<Payload>),
        (status = 404, description = "No such person", body = ErrorBody),
        (status = 409, description = "The person has another address, or somebody else has this one", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    command: Command,
) -> Result<Answer<Changed<Payload>>, Problem> {
    let body: Body = command.json()?;
    let email = body.try_into_address()?;
    let outcome = app.cases.users.set_email.execute(&command.request, id.user(), email).await;
    let outcome = outcome.map_err(|error| Problem::of(error, &id))?;
    Answer::changed(outcome, |done| Changed::new(done, payload))
}
