//! `POST /users/{id}/UpdatePhoneNumber`

use axum::extract::State;
use portcullis_domain::event::Event;
use portcullis_domain::text::PhoneNumber;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Changed};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::{Faults, Nullable, nullable};
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// The number, or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UpdatePhoneNumber)]
pub(super) struct Body {
    /// Phone number in international form, nobody else's; null takes away the one there is. Spaces are ignored, and `00`
    /// stands for `+`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required = true, pattern = "^ *(\\+|0 *0) *[1-9]( *[0-9]){6,14} *$", example = "+48 600 100 200")]
    phone_number: Option<Nullable<String>>,
}

impl Body {
    fn try_into_number(self) -> Result<Option<PhoneNumber>, Problem> {
        let mut faults = Faults::default();
        let number = faults.required("phoneNumber", self.phone_number, |Nullable(text)| {
            text.as_deref().map(PhoneNumber::parse).transpose()
        });
        faults.check(number)
    }
}

/// The payload of `UserPhoneNumberUpdated`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserPhoneNumberUpdated)]
pub(super) struct Payload {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    /// `set` or `removed`.
    #[schema(example = "set")]
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "***0200")]
    masked_phone_number: Option<String>,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    timestamp: String,
}

fn payload(event: Event) -> Option<Payload> {
    let Event::UserPhoneNumberUpdated(updated) = event else { return None };
    Some(Payload {
        user_id: updated.user_id.to_string(),
        action: updated.action.as_str(),
        masked_phone_number: updated.masked_phone_number,
        timestamp: updated.timestamp.to_string(),
    })
}

/// Set a phone number
///
/// Sets, replaces or takes away a person's phone number. What the person has already changes nothing: 200 with `event:
/// null`.
///
/// Allowed: the person, a key of the person's organisation, a super key, staff.
#[utoipa::path(
    post,
    path = "/users/{id}/UpdatePhoneNumber",
    operation_id = "updatePhoneNumber",
    tag = "People",
    params(("id" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    request_body = Body,
    responses(
        (status = 200, description = "The person has the number, or none", body = Changed<Payload>),
        (status = 404, description = "No such person", body = ErrorBody),
        (status = 409, description = "Somebody else has the number", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    command: Command,
) -> Result<Answer<Changed<Payload>>, Problem> {
    let body: Body = command.json()?;
    let number = body.try_into_number()?;
    let outcome = app.cases.users.set_phone_number.execute(&command.request, id.user(), number).await;
    let outcome = outcome.map_err(|error| Problem::of(error, &id))?;
    Answer::changed(outcome, |done| Changed::new(done, payload))
}
