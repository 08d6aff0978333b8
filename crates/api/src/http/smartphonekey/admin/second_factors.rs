//! `GET /admin/second-factors`

use axum::Json;
use axum::extract::State;
use portcullis_domain::ids::UserId;
use portcullis_domain::totp::{FactorFilter, FactorSummary, TotpState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::Problem;
use crate::http::smartphonekey::query::{self, Query};

/// People on a page, unless another number is asked for.
const PAGE: u32 = 100;
/// People on a page at most.
const MOST: u32 = 500;

/// Which people.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Only those with nothing (`none`), an enrolment of TOTP begun and not confirmed (`pending`), TOTP in use (`totp`),
    /// or codes by e-mail switched on (`email`).
    #[param(pattern = "^(none|pending|totp|email)$", example = "none")]
    state: Option<String>,
    /// At most this many: 1 to 500, 100 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, example = 100)]
    limit: Option<String>,
    /// `nextCursor` of the page before.
    #[param(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    cursor: Option<String>,
}

impl Filter {
    /// In which state, after whom, and how many.
    fn read(self) -> Result<(Option<FactorFilter>, Option<UserId>, u32), Problem> {
        let mut faults = Faults::default();
        let state = faults.optional("state", self.state, |word| {
            FactorFilter::parse(&word).ok_or_else(|| format!("must be one of {}", words()))
        });
        let after =
            faults.optional("cursor", self.cursor, |text| UserId::parse(&text).map_err(|_| "must be a nextCursor"));
        let limit = query::limit(&mut faults, self.limit, PAGE, MOST);
        faults.check(Some((state, after, limit)))
    }
}

fn words() -> String {
    FactorFilter::ALL.map(FactorFilter::as_str).join(", ")
}

/// A person with an account, and the second factors there are.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SecondFactors)]
struct Row {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    #[schema(example = "ada")]
    username: String,
    /// `none` alone, or what there is.
    #[schema(example = json!(["totp", "email"]))]
    states: Vec<&'static str>,
    totp: Totp,
    email: Email,
}

/// How somebody stands with TOTP.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TotpStanding)]
struct Totp {
    /// `none`, `pending` or `totp`.
    #[schema(example = "totp")]
    state: &'static str,
    /// Since when; null when that is not known.
    #[schema(required = true, format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    since: Option<String>,
    /// When a code of the app was accepted last, to half a minute; backup codes do not count.
    #[schema(required = true, format = DateTime, example = "2026-11-21T17:02:30.000Z")]
    last_used_at: Option<String>,
    /// Unused backup codes.
    #[schema(example = 11)]
    backup_codes_remaining: usize,
}

/// How somebody stands with codes by e-mail.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EmailFactorStanding)]
struct Email {
    /// Did the person switch them on?
    #[schema(example = true)]
    enabled: bool,
    /// Since when they are switched on, or off again; null when that is not known, or they never were.
    #[schema(required = true, format = DateTime, example = "2026-11-21T10:20:00.000Z")]
    since: Option<String>,
    /// Are they asked for? Not without a confirmed address.
    #[schema(example = true)]
    effective: bool,
}

const fn word(state: TotpState) -> &'static str {
    match state {
        TotpState::None => FactorFilter::None.as_str(),
        TotpState::Pending => FactorFilter::Pending.as_str(),
        TotpState::InUse => FactorFilter::Totp.as_str(),
    }
}

impl From<FactorSummary> for Row {
    fn from(summary: FactorSummary) -> Self {
        Self {
            user_id: summary.user.to_string(),
            username: summary.username.as_str().to_owned(),
            states: summary.states().map(FactorFilter::as_str).collect(),
            totp: Totp {
                state: word(summary.totp),
                since: summary.totp_since.map(|at| at.to_string()),
                last_used_at: summary.totp_last_used.map(|at| at.to_string()),
                backup_codes_remaining: summary.backup_codes,
            },
            email: Email {
                enabled: summary.email,
                since: summary.email_since.map(|at| at.to_string()),
                effective: summary.email_is_effective(),
            },
        }
    }
}

/// A page of people with accounts, in the order of their ids.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SecondFactorPage)]
pub(super) struct Answered {
    #[schema(example = true)]
    success: bool,
    users: Vec<Row>,
    /// For the next page; none after the last.
    #[schema(required = true, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    next_cursor: Option<String>,
}

/// List second factors
///
/// People with accounts, and which second factor each has.
///
/// Allowed: staff.
#[utoipa::path(
    get,
    path = "/admin/second-factors",
    operation_id = "listSecondFactors",
    tag = "Second factor",
    params(Filter),
    responses((status = 200, description = "A page", body = Answered))
)]
pub(super) async fn handler(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Query(filter): Query<Filter>,
) -> Result<Json<Answered>, Problem> {
    let (state, after, limit) = filter.read()?;
    let page = app.cases.totp.list.execute(&caller, state, after, limit).await;
    let page = page.map_err(|error| Problem::of(error, &Id::from(String::new())))?;
    let users = page.people.into_iter().map(Row::from).collect();
    Ok(Json(Answered { success: true, users, next_cursor: page.next.map(|user| user.to_string()) }))
}
