//! `GET /admin/aggregates/{type}/{id}`

use axum::extract::State;
use portcullis_domain::event::AggregateKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::state::AggregateState;
use super::{reader, stream};
use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::{Id, Segments};
use crate::http::smartphonekey::problem::{ErrorBody, Problem};
use crate::http::smartphonekey::query::{self, Query};
use crate::http::smartphonekey::recorded::{Recorded, tell};

/// Events shown, unless another number is asked for.
const PAGE: u32 = 200;
/// Events shown at most.
const MOST: u32 = 500;

/// How much to show.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Extent {
    /// At most this many events: 1 to 500, 200 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, example = 200)]
    limit: Option<String>,
}

impl Extent {
    fn limit(self) -> Result<u32, Problem> {
        let mut faults = Faults::default();
        let limit = query::limit(&mut faults, self.limit, PAGE, MOST);
        faults.check(Some(limit))
    }
}

/// An aggregate as it stands now, and the events it came from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WholeAggregate)]
pub(crate) struct Answered {
    #[schema(example = "UserAggregate")]
    aggregate_type: &'static str,
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    aggregate_id: String,
    #[schema(example = 3)]
    version: u64,
    /// Is there a state?
    #[schema(example = true)]
    state_found: bool,
    #[schema(required = true)]
    state: Option<AggregateState>,
    /// How many events the state came from.
    #[schema(example = 3)]
    event_count: u64,
    /// Are there more events than are shown? The operation `readHistory` pages through all of them.
    #[schema(example = false)]
    events_truncated: bool,
    /// The first events, in version order.
    events: Vec<Recorded>,
}

/// Read a state and its events
///
/// What a person, a lock, an organisation, a camera role or the permission table is now, and its events from the first
/// on; `eventsTruncated` says that there are more.
///
/// Allowed: staff.
#[utoipa::path(
    get,
    path = "/admin/aggregates/{type}/{id}",
    operation_id = "readAggregate",
    tag = "History",
    params(
        ("type" = String, Path, description = "Which kind, by its short name or the name of its class", pattern = "^(user|lock|tenant|permission-table|camera-role|UserAggregate|LockAggregate|TenantAggregate|PermissionTableAggregate|CameraRoleAggregate)$", example = "user"),
        ("id" = String, Path, description = "Which one", example = "0190163d-8694-739b-aea5-5966c26f8ad2"),
        Extent
    ),
    responses(
        (status = 200, description = "State and events", body = Answered, headers(("ETag"))),
        (status = 404, description = "Nothing with this id", body = ErrorBody),
    )
)]
pub(crate) async fn handler(
    State(app): State<App>,
    Segments((kind, id)): Segments<(String, String)>,
    Authenticated(caller): Authenticated,
    Query(extent): Query<Extent>,
) -> Result<Answer<Answered>, Problem> {
    let kind = AggregateKind::parse(&kind).map_err(|unknown| Problem::field("type", &unknown))?;
    let id = Id::from(id);
    let stream = stream(kind, &id).ok_or_else(|| Problem::not_found(kind, &id))?;
    let limit = extent.limit()?;
    let whole = app.cases.history.aggregate.execute(&caller, &stream, limit).await;
    let whole = whole.map_err(|error| Problem::of(error, &id))?;
    tracing::info!(reader = reader(&caller), aggregate = %stream, "aggregate read");
    let events = tell(whole.events)?;
    let event_count = whole.version.number();
    let body = Answered {
        aggregate_type: kind.class(),
        aggregate_id: stream.id().to_owned(),
        version: event_count,
        state_found: whole.state.is_some(),
        state: whole.state.map(AggregateState::from),
        event_count,
        events_truncated: event_count > events.len() as u64,
        events,
    };
    Ok(Answer::read(Some(whole.version), body))
}
