//! `GET /admin/threedeye/drift`

use axum::Json;
use axum::extract::State;
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use portcullis_domain::threedeye::{DriftCursor, DriftFinding, RemoteCursor};
use portcullis_domain::usecase::threedeye::DriftPage;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};
use crate::http::smartphonekey::query::{self, Query};

/// Mappings and accounts compared by a call, unless another number is asked for.
const USUAL: u32 = 100;
/// Compared by a call at most.
const MOST: u32 = 500;

/// Where to go on, and how far.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Compare about this many: 1 to 500, 100 when absent. Pages of 3dEye's list are taken whole.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, example = 100)]
    limit: Option<String>,
    /// `nextCursor` of the page before.
    #[param(example = "m0190163d-8694-739b-aea5-5966c26f8ad2")]
    cursor: Option<String>,
}

/// What was found wrong on a page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeDriftPage)]
pub(crate) struct Answered {
    #[schema(example = true)]
    success: bool,
    /// None is no end: go on as long as there is a `nextCursor`.
    pub(crate) findings: Vec<Finding>,
    /// For the next page; none after the last.
    #[schema(required = true, example = "m0190163d-8694-739b-aea5-5966c26f8ad2")]
    next_cursor: Option<String>,
    checked: Checked,
    /// Was this the last page?
    #[schema(example = false)]
    complete: bool,
}

/// How much was compared for this page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeDriftChecked)]
pub(crate) struct Checked {
    /// Of our mappings.
    #[schema(example = 100)]
    mappings: u64,
    /// Of the accounts in 3dEye's list.
    #[schema(example = 0)]
    remote_accounts: u64,
}

/// Something wrong, as it was a moment ago on both sides.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeDriftFinding)]
pub(crate) struct Finding {
    /// The same for the same finding, each time it is found.
    #[schema(example = "roleless:0190163d-8694-739b-aea5-5966c26f8ad2")]
    pub(crate) id: String,
    /// `missing`: a mapping in use whose account is not in our customer. `orphaned`: an account there that no mapping
    /// names. `roleless`: an account that lacks roles it should have. `idChanged`: as missing, with another account
    /// under the address.
    #[schema(value_type = String, example = "roleless")]
    pub(crate) kind: &'static str,
    /// Whose mapping; for an orphaned account the person who has its address.
    #[schema(required = true, format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    pub(crate) user_id: Option<String>,
    /// The account the mapping names, or the orphaned one.
    #[schema(required = true, example = "2f6c1a5e-8f3c-4a52-9f3b-0d6d3c1b7e11")]
    pub(crate) threedeye_user_id: Option<String>,
    /// The account found under the address instead.
    #[schema(required = true, example = json!(null))]
    found_threedeye_user_id: Option<String>,
    /// The address, masked.
    #[schema(required = true, example = "a***@example.com")]
    pub(crate) email: Option<String>,
    /// Roles the account should have: those of the person's camera roles, and those that wait to be restored.
    #[schema(example = json!(["17", "23"]))]
    expected_role_ids: Vec<String>,
    /// Roles it has.
    #[schema(example = json!(["17"]))]
    present_role_ids: Vec<String>,
    /// What a repair would do: `provision`, `assignRoles` or `deleteRemote`.
    #[schema(value_type = String, example = "assignRoles")]
    pub(crate) suggestion: &'static str,
}

pub(super) fn texts(roles: &[ThreeDEyeRoleId]) -> Vec<String> {
    roles.iter().map(ThreeDEyeRoleId::to_string).collect()
}

impl From<DriftFinding> for Finding {
    fn from(finding: DriftFinding) -> Self {
        let user_id = finding.user.map(|user| user.to_string());
        let threedeye_user_id = finding.threedeye_user.map(|id| id.to_string());
        let of_person = user_id.as_ref().filter(|_| !finding.kind.is_of_account());
        let about = of_person.or(threedeye_user_id.as_ref()).map_or("", String::as_str);
        Self {
            id: format!("{}:{about}", finding.kind.as_str()),
            kind: finding.kind.as_str(),
            user_id,
            threedeye_user_id,
            found_threedeye_user_id: finding.found.map(|id| id.to_string()),
            email: finding.email.map(|email| email.masked()),
            expected_role_ids: texts(&finding.expected),
            present_role_ids: texts(&finding.present),
            suggestion: finding.remedy.as_str(),
        }
    }
}

impl From<DriftPage> for Answered {
    fn from(page: DriftPage) -> Self {
        Self {
            success: true,
            findings: page.findings.into_iter().map(Finding::from).collect(),
            complete: page.next.is_none(),
            next_cursor: page.next.as_ref().map(write),
            checked: Checked { mappings: page.mappings, remote_accounts: page.accounts },
        }
    }
}

/// `m`, and the person after whose mapping it goes on; `a`, and the place in 3dEye's list: accounts of the page that
/// were judged, then of all pages but the first their number, accounts before, and the first one of the page before.
fn write(cursor: &DriftCursor) -> String {
    match cursor {
        DriftCursor::Mappings(after) => format!("m{}", after.map(|user| user.to_string()).unwrap_or_default()),
        DriftCursor::Accounts { from: None, judged } => format!("a{judged}"),
        DriftCursor::Accounts { from: Some(RemoteCursor { page, seen, first }), judged } => {
            format!("a{judged}.{page}.{seen}.{}", first.as_ref().map_or("", |first| first.as_str()))
        }
    }
}

fn read(text: &str) -> Option<DriftCursor> {
    match text.split_at_checked(1)? {
        ("m", "") => Some(DriftCursor::Mappings(None)),
        ("m", user) => Some(DriftCursor::Mappings(Some(UserId::parse(user).ok()?))),
        ("a", place) => {
            let mut parts = place.splitn(4, '.');
            let judged = parts.next()?.parse().ok()?;
            let Some(page) = parts.next() else { return Some(DriftCursor::Accounts { from: None, judged }) };
            let page = page.parse().ok().filter(|page| *page > 0)?;
            let seen = parts.next()?.parse().ok()?;
            let first = match parts.next()? {
                "" => None,
                first => Some(ThreeDEyeUserId::parse(first).ok()?),
            };
            Some(DriftCursor::Accounts { from: Some(RemoteCursor { page, seen, first }), judged })
        }
        _ => None,
    }
}

/// Compare with 3dEye
///
/// Compares our mappings with the accounts at 3dEye, a page at a time: first the mappings, each account asked for by
/// its id, then 3dEye's list for accounts that no mapping names. Changes nothing.
///
/// Each finding was so on both sides when it was told; what somebody is at work on is left out. 3dEye pages its list
/// by number: when an account is deleted there meanwhile, another may be missed, and the next comparison tells of it.
/// A page ends early when 3dEye fails or takes longer than `threedeye.timeout`; the next goes on there.
///
/// Allowed: staff.
#[utoipa::path(
    get,
    path = "/admin/threedeye/drift",
    operation_id = "compareThreeDEye",
    tag = "Cameras",
    params(Filter),
    responses(
        (status = 200, description = "A page", body = Answered),
        (status = 502, description = "3dEye failed before anything was compared", body = ErrorBody),
        (status = 503, description = "3dEye is not configured or not called at present, or the service cannot answer; see Retry-After", body = ErrorBody),
    )
)]
pub(crate) async fn handler(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Query(filter): Query<Filter>,
) -> Result<Json<Answered>, Problem> {
    let mut faults = Faults::default();
    let from = faults.optional("cursor", filter.cursor, |text| read(&text).ok_or("must be a nextCursor"));
    let limit = query::limit(&mut faults, filter.limit, USUAL, MOST);
    faults.check(Some(()))?;
    let page = app.cases.threedeye.compare.execute(&caller, from, limit).await;
    Ok(Json(page.map_err(|error| Problem::of(error, &Id::from(String::new())))?.into()))
}
