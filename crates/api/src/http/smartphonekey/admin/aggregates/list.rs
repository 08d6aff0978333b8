//! `GET /admin/aggregates`

use axum::Json;
use axum::extract::State;
use portcullis_domain::event::AggregateKind;
use portcullis_domain::port::AggregateHead;
use portcullis_domain::usecase::history::RegistryQuery;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::Problem;
use crate::http::smartphonekey::query::{self, Query};

/// Aggregates on a page, unless another number is asked for.
const PAGE: u32 = 50;
/// Aggregates on a page at most.
const MOST: u32 = 200;

/// Characters of an id at most.
const LONGEST_ID: usize = 128;

/// What fits the `int32` of the document.
const LARGEST_OFFSET: u64 = 2_147_483_647;

/// Which aggregates.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only this kind: user, lock, tenant, permission-table or camera-role, or the class name.
    #[serde(rename = "type")]
    #[param(
        pattern = "^(user|lock|tenant|permission-table|camera-role|UserAggregate|LockAggregate|TenantAggregate|PermissionTableAggregate|CameraRoleAggregate)$",
        example = "lock"
    )]
    kind: Option<String>,
    /// Only those whose id begins so: at most 128 characters, none of them a control character.
    #[param(max_length = 128, example = "gar")]
    q: Option<String>,
    /// At most this many: 1 to 200, 50 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// How many to leave out at the beginning; `nextOffset` of the page before.
    #[param(value_type = Option<u32>, minimum = 0, maximum = 2_147_483_647, example = 0)]
    offset: Option<String>,
}

impl Filter {
    fn try_into_query(self) -> Result<(RegistryQuery, Echo), Problem> {
        let mut faults = Faults::default();
        let kind = faults.optional("type", self.kind, |text| AggregateKind::parse(&text));
        let limit = query::limit(&mut faults, self.limit, PAGE, MOST);
        let offset = query::number(&mut faults, "offset", self.offset, 0..=LARGEST_OFFSET);
        let q = faults.optional("q", self.q, beginning);
        let query =
            RegistryQuery { kind, id_prefix: q.clone().unwrap_or_default(), offset: offset.unwrap_or_default(), limit };
        let echo = Echo { kind: kind.map(AggregateKind::class), q, limit: query.limit, offset: query.offset };
        faults.check(Some((query, echo)))
    }
}

fn beginning(text: String) -> Result<String, String> {
    if text.chars().count() > LONGEST_ID || text.chars().any(char::is_control) {
        return Err(format!("must be at most {LONGEST_ID} characters, none of them a control character"));
    }
    Ok(text)
}

/// An aggregate there is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AggregateHead)]
pub(crate) struct Head {
    #[schema(example = "LockAggregate")]
    aggregate_type: &'static str,
    #[schema(example = "garage")]
    aggregate_id: String,
    #[schema(example = "acme")]
    org_id: String,
    /// How many events it has.
    #[schema(example = 3)]
    version: u64,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: String,
}

impl From<AggregateHead> for Head {
    fn from(head: AggregateHead) -> Self {
        Self {
            aggregate_type: head.stream.kind().class(),
            aggregate_id: head.stream.id().to_owned(),
            org_id: head.org.to_string(),
            version: head.version.number(),
            created_at: head.created_at.to_string(),
        }
    }
}

/// What was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RegistryFilter)]
pub(crate) struct Echo {
    #[serde(rename = "type")]
    #[schema(required = true, example = "LockAggregate")]
    kind: Option<&'static str>,
    #[schema(required = true, example = "gar")]
    q: Option<String>,
    #[schema(example = 50)]
    limit: u32,
    #[schema(example = 0)]
    offset: u64,
}

/// A page of aggregates: kind by kind, and in the order of their ids.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RegistryPage)]
pub(crate) struct Answered {
    aggregates: Vec<Head>,
    /// Where the next page begins; none after the last.
    #[schema(required = true, example = 50)]
    next_offset: Option<u64>,
    filter: Echo,
}

/// List what has a history
///
/// The people, locks, organisations and camera roles there are, kind by kind and in the order of their ids, with the
/// version of each.
///
/// Allowed: staff.
#[utoipa::path(
    get,
    path = "/admin/aggregates",
    operation_id = "listAggregates",
    tag = "History",
    params(Filter),
    responses((status = 200, description = "A page", body = Answered))
)]
pub(crate) async fn handler(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Query(filter): Query<Filter>,
) -> Result<Json<Answered>, Problem> {
    let (query, filter) = filter.try_into_query()?;
    let page = app.cases.history.registry.execute(&caller, &query).await;
    let page = page.map_err(|error| Problem::of(error, &Id::from(String::new())))?;
    let aggregates = page.heads.into_iter().map(Head::from).collect();
    Ok(Json(Answered { aggregates, next_offset: page.next, filter }))
}
