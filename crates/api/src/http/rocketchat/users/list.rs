//! `GET /api/v1/users.list`

use axum::Json;
use axum::extract::State;
use portcullis_domain::usecase::user::{RecordQuery, Records};
use serde::Serialize;
use utoipa::ToSchema;

use super::list_query::{Paging, SCHEMA};
use crate::app::App;
use crate::http::rocketchat::failure::{ErrorBody, Failure, ForbiddenBody};
use crate::http::rocketchat::query::Query;
use crate::http::rocketchat::session::Session;
use crate::http::rocketchat::shape::ShownUser;

/// A page of accounts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RocketChatUserList)]
pub(super) struct Answered {
    /// In the order of their user names.
    users: Vec<ShownUser>,
    /// How many are in this page.
    #[schema(example = 1)]
    count: usize,
    /// How many were left out at the beginning.
    #[schema(example = 0)]
    offset: u64,
    /// How many there are in all that were asked for.
    #[schema(example = 1)]
    total: u64,
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

/// List accounts
///
/// In the order of their user names: all of each with the permission `view-full-other-user-info`, else what everybody
/// sees.
///
/// Needs the permission `view-d-room`, as on the peer; here only administrators have it unless that is changed.
/// Parameters that are not supported are refused.
#[utoipa::path(
    get,
    path = "/api/v1/users.list",
    operation_id = "listAccounts",
    tag = "Accounts",
    params(Paging),
    responses(
        (status = 200, description = "A page of accounts", body = Answered),
        (status = 400, description = "The query is not what the route takes", body = ErrorBody),
        (status = 403, description = "The caller may not", body = ForbiddenBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, session: Session, query: Query) -> Result<Json<Answered>, Failure> {
    let asked: RecordQuery = query.read::<Paging>(&SCHEMA)?.try_into()?;
    let records = app.cases.users.records.list(&session.request.caller, &asked).await;
    let Records { page, full } = records.map_err(|error| Failure::of(error, Failure::forbidden))?;
    let users: Vec<_> = page.people.iter().map(|person| ShownUser::new(person, full)).collect();
    Ok(Json(Answered { count: users.len(), users, offset: asked.offset, total: page.total, success: true }))
}
