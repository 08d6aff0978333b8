//! `GET /locks/{id}/access`

use axum::extract::State;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::port::GrantHolder;
use portcullis_domain::usecase::lock::LockAccessQuery;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::details::read;
use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};
use crate::http::smartphonekey::query::{self, Query};

/// People on a page, unless another number is asked for.
const PAGE: u32 = 50;
/// People on a page at most.
const MOST: u32 = 200;

/// When, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// At which instant, past or to come, RFC 3339, with the `+` of an offset written as `%2B`; now when absent. Pages
    /// after the first are best asked for with the `at` the first one tells.
    #[param(format = DateTime, example = "2026-11-21T17:00:00Z")]
    at: Option<String>,
    /// At most this many people: 1 to 200, 50 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// `nextCursor` of the page before.
    #[param(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    cursor: Option<String>,
}

impl Filter {
    fn try_into_query(self, lock: LockId) -> Result<LockAccessQuery, Problem> {
        let mut faults = Faults::default();
        let at = faults.optional("at", self.at, |text| {
            Timestamp::parse(&text).map_err(|invalid| format!("{invalid}; in a query + is written %2B"))
        });
        let limit = query::limit(&mut faults, self.limit, PAGE, MOST);
        let after = faults.optional("cursor", self.cursor, |text| {
            UserId::parse(&text).map_err(|_| "must be the nextCursor of another page")
        });
        faults.check(Some(LockAccessQuery { lock, at, after, limit }))
    }
}

/// A person who can open the lock.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LockHolder)]
struct Entry {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    /// OWNER, ADMIN, USER or GUEST.
    #[schema(example = "USER")]
    access_level: &'static str,
    #[schema(example = "front desk")]
    granted_by: String,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    granted_at: String,
    /// From when, if that was limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false, example = "2026-11-21T12:00:00.000Z")]
    valid_from: Option<String>,
    /// Until when, if that is limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false, example = "2026-11-28T12:00:00.000Z")]
    expires_at: Option<String>,
}

impl From<GrantHolder> for Entry {
    fn from(holder: GrantHolder) -> Self {
        let GrantHolder { user, grant } = holder;
        Self {
            user_id: user.to_string(),
            access_level: grant.access_level.as_str(),
            granted_by: grant.granted_by.to_string(),
            granted_at: grant.granted_at.to_string(),
            valid_from: grant.window.from().map(|at| at.to_string()),
            expires_at: grant.window.until().map(|at| at.to_string()),
        }
    }
}

/// Who can open the lock, in the order of their ids.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LockAccess)]
pub(super) struct Answered {
    #[schema(example = "garage")]
    lock_id: String,
    /// The instant people were judged by.
    #[schema(format = DateTime, example = "2026-11-21T17:00:00.000Z")]
    at: String,
    access: Vec<Entry>,
    /// Where the next page begins; none after the last.
    #[schema(required = true, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    next_cursor: Option<String>,
}

/// List who can open a lock
///
/// Now, at a past instant, or at a coming one as things stand.
///
/// Told is who has a grant whose window holds the instant and is active. For a past instant that is answered from the
/// record: grants taken away and people suspended since are told, grants made since are not.
///
/// Allowed: the lock's owner, a key of the organisation it belongs to, a super key, staff. Everybody else is told that
/// there is no such lock. So is everybody where the lock is not registered: grants on such a lock show in people's
/// lists only.
#[utoipa::path(
    get,
    path = "/locks/{id}/access",
    operation_id = "listLockAccess",
    tag = "Locks",
    params(("id" = String, Path, description = "The lock", min_length = 1, max_length = 128, example = "garage"), Filter),
    responses(
        (status = 200, description = "A page", body = Answered),
        (status = 404, description = "No such lock, for this caller", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    Authenticated(caller): Authenticated,
    Query(filter): Query<Filter>,
) -> Result<Answer<Answered>, Problem> {
    let query = filter.try_into_query(read(&id)?)?;
    let page = app.cases.locks.holders.execute(&caller, &query).await;
    let page = page.map_err(|error| Problem::of(error, &id))?;
    let answered = Answered {
        lock_id: query.lock.to_string(),
        at: page.at.to_string(),
        access: page.holders.into_iter().map(Entry::from).collect(),
        next_cursor: page.next.map(|user| user.to_string()),
    };
    Ok(Answer::read(None, answered))
}
