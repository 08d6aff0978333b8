//! `GET /admin/outbox`

use axum::Json;
use axum::extract::State;
use portcullis_domain::port::OutboxState;
use portcullis_domain::usecase::outbox::OutboxQuery;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Message;
use crate::app::App;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::Problem;
use crate::http::smartphonekey::query::{self, Query};

/// Messages on a page, unless another number is asked for.
const PAGE: u32 = 50;
/// Messages on a page at most.
const MOST: u32 = 200;

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only those in this state: `waiting`, `buried` or `delivered`.
    #[param(pattern = "^(waiting|buried|delivered)$", example = "buried")]
    state: Option<String>,
    /// At most this many: 1 to 200, 50 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// `nextCursor` of the page before.
    #[param(pattern = "^[0-9]+$", example = "42")]
    cursor: Option<String>,
}

impl Filter {
    fn try_into_query(self) -> Result<OutboxQuery, Problem> {
        let mut faults = Faults::default();
        let state = faults.optional("state", self.state, |text| {
            OutboxState::parse(&text).ok_or("must be waiting, buried or delivered")
        });
        let before = faults.optional("cursor", self.cursor, |text| text.parse().map_err(|_| "must be a nextCursor"));
        let limit = query::limit(&mut faults, self.limit, PAGE, MOST);
        faults.check(Some(OutboxQuery { state, before, limit }))
    }
}

/// A page of messages, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OutboxPage)]
pub(crate) struct Answered {
    #[schema(example = true)]
    success: bool,
    messages: Vec<Message>,
    /// For the next page; none after the last.
    #[schema(required = true, example = "42")]
    next_cursor: Option<String>,
}

/// List messages to people
///
/// Those that wait, those that left in the last 30 days, and those that were given up; the newest first. What they say
/// and where they go is told to nobody.
///
/// Allowed: staff.
#[utoipa::path(
    get,
    path = "/admin/outbox",
    operation_id = "listOutbox",
    tag = "Outbox",
    params(Filter),
    responses((status = 200, description = "A page", body = Answered))
)]
pub(crate) async fn handler(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Query(filter): Query<Filter>,
) -> Result<Json<Answered>, Problem> {
    let query = filter.try_into_query()?;
    let page = app.cases.outbox.list.execute(&caller, query).await;
    let page = page.map_err(|error| Problem::of(error, &Id::from(String::new())))?;
    let messages = page.messages.into_iter().map(Message::from).collect();
    Ok(Json(Answered { success: true, messages, next_cursor: page.next.map(|place| place.to_string()) }))
}
