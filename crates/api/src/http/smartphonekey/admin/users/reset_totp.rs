//! `POST /admin/users/{id}/reset-totp`

use axum::extract::State;
use portcullis_domain::event::Event;
use portcullis_domain::port::Unavailable;
use portcullis_domain::text::FreeText;
use portcullis_domain::totp::TotpReset;
use portcullis_domain::usecase::totp::TotpResetReport;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Occurred};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = StaffTotpReset)]
pub(crate) struct Body {
    /// Why, for the record.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "phone lost, identity checked at the desk")]
    reason: Option<String>,
}

impl Body {
    fn reason(self) -> Result<FreeText, Problem> {
        let mut faults = Faults::default();
        let reason = faults.required("reason", self.reason, FreeText::parse);
        faults.check(reason)
    }
}

/// What a reset did. Where there was nothing to reset, `event` is null and everything else says so.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StaffTotpResetAnswer)]
pub(crate) struct Told {
    #[schema(example = true)]
    success: bool,
    /// The id of the path.
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    aggregate_id: String,
    /// Version of the person's stream now.
    #[schema(example = 7)]
    version: u64,
    /// None when there was nothing to reset.
    #[schema(required = true)]
    event: Option<Occurred<Payload>>,
    /// The account's sign-in name; none when the person has no account.
    #[schema(required = true, example = "ada")]
    username: Option<String>,
    reset: Reset,
    /// Sessions and personal access tokens that ended.
    #[schema(example = 2)]
    sessions_ended: u64,
    notice: Notice,
}

impl Told {
    /// Where the person is told, masked.
    pub(crate) fn notice_to(&self) -> &[String] {
        &self.notice.to
    }

    /// Was anything reset?
    pub(crate) const fn was_reset(&self) -> bool {
        self.event.is_some()
    }

    /// How many sessions and tokens ended.
    pub(crate) const fn sessions_ended(&self) -> u64 {
        self.sessions_ended
    }
}

/// What was there and is gone.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StaffTotpResetParts)]
struct Reset {
    /// Was TOTP in use?
    #[schema(example = true)]
    totp: bool,
    /// Was an enrolment begun and not confirmed?
    #[schema(example = false)]
    pending: bool,
    /// How many unused backup codes went.
    #[schema(example = 11)]
    backup_codes: u32,
}

/// The notice to the person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StaffTotpResetNotice)]
struct Notice {
    #[schema(example = true)]
    queued: bool,
    /// Its message in the outbox.
    #[schema(required = true, format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad3")]
    message_id: Option<String>,
    /// The verified addresses it goes to, masked.
    #[schema(example = json!(["a***@example.com"]))]
    to: Vec<String>,
    /// Why nobody is told: `nothing was reset`, or `no verified address`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "no verified address")]
    why_not: Option<&'static str>,
}

/// The payload of `TotpReset`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TotpReset)]
struct Payload {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    #[schema(example = true)]
    had_totp: bool,
    #[schema(example = false)]
    had_pending: bool,
    #[schema(example = 11)]
    backup_codes: u32,
    #[schema(example = 2)]
    sessions_ended: u64,
}

impl From<&TotpReset> for Payload {
    fn from(event: &TotpReset) -> Self {
        Self {
            user_id: event.user_id.to_string(),
            had_totp: event.had_totp,
            had_pending: event.had_pending,
            backup_codes: event.backup_codes,
            sessions_ended: event.sessions_ended,
        }
    }
}

impl TryFrom<TotpResetReport> for Told {
    type Error = Unavailable;

    fn try_from(report: TotpResetReport) -> Result<Self, Unavailable> {
        let TotpResetReport { done, username, notice } = report;
        let event = match done.event {
            None => None,
            Some(Event::TotpReset(event)) => Some(event),
            Some(_) => return Err(Unavailable::new("the outcome holds another command's event")),
        };
        let why_not = match (&event, &notice) {
            (_, Some(_)) => None,
            (None, None) => Some("nothing was reset"),
            (Some(_), None) => Some("no verified address"),
        };
        let (message_id, to) = notice.map(|notice| (notice.message.to_string(), notice.to)).unzip();
        Ok(Self {
            success: true,
            aggregate_id: done.aggregate_id,
            version: done.version.number(),
            username,
            reset: Reset {
                totp: event.as_ref().is_some_and(|event| event.had_totp),
                pending: event.as_ref().is_some_and(|event| event.had_pending),
                backup_codes: event.as_ref().map_or(0, |event| event.backup_codes),
            },
            sessions_ended: event.as_ref().map_or(0, |event| event.sessions_ended),
            notice: Notice { queued: message_id.is_some(), message_id, to: to.unwrap_or_default(), why_not },
            event: event.as_ref().map(|event| Occurred { name: "TotpReset", data: event.into() }),
        })
    }
}

/// Clear a second factor as staff
///
/// Clears a person's TOTP: secret, enrolment begun, backup codes; ends every session and personal access token, and
/// tells the person at a verified address.
///
/// Where there is nothing to reset, also when the person has no account: 200 with `event: null`, and sessions stay.
/// Works whether or not second factors are switched on.
///
/// Allowed: staff.
#[utoipa::path(
    post,
    path = "/admin/users/{id}/reset-totp",
    operation_id = "resetTotpAsStaff",
    tag = "Second factor",
    params(("id" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    request_body = Body,
    responses(
        (status = 200, description = "Reset, or nothing to reset", body = Told),
        (status = 404, description = "No such person", body = ErrorBody),
    )
)]
pub(crate) async fn handler(State(app): State<App>, id: Id, command: Command) -> Result<Answer<Told>, Problem> {
    let reason = command.json::<Body>()?.reason()?;
    let reset = app.cases.totp.reset.by_staff(&command.request, id.user(), reason).await;
    let outcome = reset.map_err(|error| Problem::of(error, &id))?;
    let version = outcome.value.done.version;
    let told = Told::try_from(outcome.value).map_err(|foreign| Problem::unavailable(&foreign))?;
    Ok(Answer::read(Some(version), told).replayed(outcome.replayed))
}
