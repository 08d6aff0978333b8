//! `GET /users/{id}/owned-locks`

use axum::extract::State;
use portcullis_domain::lock::Lock;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// One lock.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OwnedLock)]
pub(super) struct Entry {
    #[schema(example = "garage")]
    lock_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Garage")]
    name: Option<String>,
    /// The organisation it belongs to.
    #[schema(example = "acme")]
    org_id: String,
}

impl From<Lock> for Entry {
    fn from(lock: Lock) -> Self {
        Self { lock_id: lock.id.to_string(), name: lock.name, org_id: lock.org.to_string() }
    }
}

/// The locks a person owns.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OwnedLocks)]
pub(super) struct Answered {
    locks: Vec<Entry>,
    #[schema(example = 1)]
    total_count: usize,
    /// Always `spacetimedb`: the word by which existing clients know that the list is live and whole; they know one other,
    /// `unavailable`, and this service answers 503 instead.
    #[schema(example = "spacetimedb")]
    source: &'static str,
}

/// List the locks a person owns
///
/// In the order of their ids.
///
/// Allowed: the person, a key of the person's organisation, a super key, staff.
#[utoipa::path(
    get,
    path = "/users/{id}/owned-locks",
    operation_id = "listOwnedLocks",
    tag = "People",
    params(("id" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    responses(
        (status = 200, description = "The locks", body = Answered),
        (status = 404, description = "No such person", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    Authenticated(caller): Authenticated,
) -> Result<Answer<Answered>, Problem> {
    let locks = app.cases.locks.owned.execute(&caller, id.user()).await;
    let locks: Vec<Entry> = locks.map_err(|error| Problem::of(error, &id))?.into_iter().map(Entry::from).collect();
    // No version: the list changes with the locks, not with the person.
    Ok(Answer::read(None, Answered { total_count: locks.len(), locks, source: "spacetimedb" }))
}
