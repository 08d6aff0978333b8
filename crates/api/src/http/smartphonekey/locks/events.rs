//! `GET /locks/{id}/events`

use axum::extract::State;
use portcullis_domain::usecase::lock::ReadLockEvents;
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
use crate::http::smartphonekey::recorded::{Recorded, tell};

/// Highest number of a page that can be asked for: what fits the `int32` of the document.
const LAST_PAGE: u64 = 2_147_483_647;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// The page, from 1; the last one when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 2_147_483_647, example = 1)]
    page: Option<String>,
}

impl Filter {
    fn try_into_page(self) -> Result<Option<u64>, Problem> {
        let mut faults = Faults::default();
        let page = query::number(&mut faults, "page", self.page, 1..=LAST_PAGE);
        faults.check(Some(page))
    }
}

/// A page of a lock's events in version order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LockEvents)]
pub(super) struct Answered {
    #[schema(example = "garage")]
    aggregate_id: String,
    #[schema(example = 12)]
    total_events: u64,
    /// Which page this is, from 1.
    #[schema(example = 2)]
    page: u64,
    #[schema(example = 10)]
    page_size: u32,
    #[schema(example = 2)]
    total_pages: u64,
    events: Vec<Recorded>,
}

/// Read what happened to a lock
///
/// Ten events a page, the newest on the last. A page after the last is empty.
///
/// Allowed: the lock's owner, a key of the organisation it belongs to, a super key, staff. Everybody else is told that
/// there is no such lock.
#[utoipa::path(
    get,
    path = "/locks/{id}/events",
    operation_id = "readLockEvents",
    tag = "Locks",
    params(("id" = String, Path, description = "The lock", min_length = 1, max_length = 128, example = "garage"), Filter),
    responses(
        (status = 200, description = "A page", body = Answered, headers(("ETag"))),
        (status = 404, description = "No such lock, for this caller", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    Authenticated(caller): Authenticated,
    Query(filter): Query<Filter>,
) -> Result<Answer<Answered>, Problem> {
    let lock = read(&id)?;
    let page = app.cases.locks.events.execute(&caller, &lock, filter.try_into_page()?).await;
    let page = page.map_err(|error| Problem::of(error, &id))?;
    let answered = Answered {
        aggregate_id: lock.to_string(),
        total_events: page.version.number(),
        page: page.page,
        page_size: ReadLockEvents::PAGE,
        total_pages: page.pages,
        events: tell(page.events)?,
    };
    Ok(Answer::read(Some(page.version), answered))
}
