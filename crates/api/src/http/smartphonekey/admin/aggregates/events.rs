//! `GET /admin/aggregates/{type}/{id}/events`

use axum::Json;
use axum::extract::State;
use portcullis_domain::event::{AggregateKind, StreamId, Version};
use portcullis_domain::port::VersionRange;
use portcullis_domain::usecase::history::HistoryQuery;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{reader, stream};
use crate::app::App;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::{Id, Segments};
use crate::http::smartphonekey::problem::{ErrorBody, Problem};
use crate::http::smartphonekey::query::{self, Query};
use crate::http::smartphonekey::recorded::{Recorded, tell};

/// Events on a page, unless another number is asked for.
const PAGE: u32 = 100;
/// Events on a page at most.
const MOST: u32 = 500;

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// The first version wanted.
    #[param(value_type = Option<u64>, minimum = 1, example = 1)]
    from_version: Option<String>,
    /// The last version wanted.
    #[param(value_type = Option<u64>, minimum = 1, example = 20)]
    to_version: Option<String>,
    /// Only events of this name.
    #[serde(rename = "type")]
    #[param(example = "AccessibleLockRemoved")]
    name: Option<String>,
    /// At most this many: 1 to 500, 100 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, example = 100)]
    limit: Option<String>,
    /// `nextCursor` of the page before.
    #[param(value_type = Option<u64>, minimum = 1, example = 21)]
    cursor: Option<String>,
}

impl Filter {
    fn try_into_query(self, stream: StreamId) -> Result<(HistoryQuery, Echo), Problem> {
        let mut faults = Faults::default();
        let mut version =
            |field, text| query::number(&mut faults, field, text, 1..=VersionRange::ALL.to.number()).map(Version::new);
        let from = version("fromVersion", self.from_version);
        let to = version("toVersion", self.to_version);
        let cursor = version("cursor", self.cursor);
        let limit = query::limit(&mut faults, self.limit, PAGE, MOST);
        let limit = faults.check(Some(limit))?;
        let echo = Echo {
            from_version: from.map(Version::number),
            to_version: to.map(Version::number),
            name: self.name.clone(),
            limit,
        };
        let all = VersionRange::ALL;
        let range = VersionRange { from: from.max(cursor).unwrap_or(all.from), to: to.unwrap_or(all.to) };
        Ok((HistoryQuery { stream, range, name: self.name, limit }, echo))
    }
}

/// What was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HistoryFilter)]
pub(crate) struct Echo {
    #[schema(required = true, example = 1)]
    from_version: Option<u64>,
    #[schema(required = true, example = 20)]
    to_version: Option<u64>,
    #[serde(rename = "type")]
    #[schema(required = true, example = "AccessibleLockRemoved")]
    name: Option<String>,
    #[schema(example = 100)]
    limit: u32,
}

/// A page of events in version order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HistoryPage)]
pub(crate) struct Answered {
    #[schema(example = "UserAggregate")]
    aggregate_type: &'static str,
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    aggregate_id: String,
    events: Vec<Recorded>,
    /// Where the next page begins; null after the last, and only then.
    #[schema(required = true, example = 21)]
    next_cursor: Option<u64>,
    /// Always null: state is kept as rows, so that no snapshot of a stream is ever made.
    #[schema(required = true, value_type = Option<Object>)]
    snapshot: Option<()>,
    filter: Echo,
}

/// Read what happened, and why
///
/// The events of a person, a lock, an organisation, a camera role or the permission table in the order of their
/// versions: what was done, who did it, by which credential, and for what reason.
///
/// A page may have fewer events than asked for, or none, while `nextCursor` is not null: with `type`, at most 5000
/// events are looked at for one page.
///
/// Allowed: staff.
#[utoipa::path(
    get,
    path = "/admin/aggregates/{type}/{id}/events",
    operation_id = "readHistory",
    tag = "History",
    params(
        ("type" = String, Path, description = "Which kind, by its short name or the name of its class", pattern = "^(user|lock|tenant|permission-table|camera-role|UserAggregate|LockAggregate|TenantAggregate|PermissionTableAggregate|CameraRoleAggregate)$", example = "user"),
        ("id" = String, Path, description = "Which one", example = "0190163d-8694-739b-aea5-5966c26f8ad2"),
        Filter
    ),
    responses(
        (status = 200, description = "A page", body = Answered),
        (status = 404, description = "Nothing with this id", body = ErrorBody),
    )
)]
pub(crate) async fn handler(
    State(app): State<App>,
    Segments((kind, id)): Segments<(String, String)>,
    Authenticated(caller): Authenticated,
    Query(filter): Query<Filter>,
) -> Result<Json<Answered>, Problem> {
    let kind = AggregateKind::parse(&kind).map_err(|unknown| Problem::field("type", &unknown))?;
    let id = Id::from(id);
    let stream = stream(kind, &id).ok_or_else(|| Problem::not_found(kind, &id))?;
    let (query, filter) = filter.try_into_query(stream)?;
    let page = app.cases.history.stream.execute(&caller, &query).await.map_err(|error| Problem::of(error, &id))?;
    // Who looks at a history is itself worth knowing.
    tracing::info!(reader = reader(&caller), aggregate = %query.stream, "history read");
    Ok(Json(Answered {
        aggregate_type: kind.class(),
        aggregate_id: query.stream.id().to_owned(),
        events: tell(page.events)?,
        next_cursor: page.next.map(Version::number),
        snapshot: None,
        filter,
    }))
}
