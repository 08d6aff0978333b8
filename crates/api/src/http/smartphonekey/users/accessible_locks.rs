//! `GET /users/{id}/accessible-locks`

use axum::extract::State;
use portcullis_domain::access::GrantState;
use portcullis_domain::usecase::access::ListedGrant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// One lock of the list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccessibleLock)]
pub(super) struct Entry {
    #[schema(example = "garage")]
    lock_id: String,
    #[schema(example = "Garage")]
    lock_name: String,
    #[schema(example = "USER")]
    access_level: &'static str,
    #[schema(example = "front desk")]
    granted_by: String,
    /// When it ends, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false, example = "2099-11-21T10:15:00.000Z")]
    expires_at: Option<String>,
    /// When it begins, with the status `scheduled` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false, example = "2026-11-21T10:15:00.000Z")]
    valid_from: Option<String>,
    /// `suspended` while the person is; else `scheduled`, while its beginning lies ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = String, required = false, example = "scheduled")]
    status: Option<&'static str>,
}

impl From<ListedGrant> for Entry {
    fn from(listed: ListedGrant) -> Self {
        let ListedGrant { grant, state } = listed;
        let status = match state {
            GrantState::Suspended => Some("suspended"),
            GrantState::Scheduled => Some("scheduled"),
            GrantState::Active | GrantState::Expired => None,
        };
        Self {
            lock_id: grant.lock.to_string(),
            lock_name: grant.lock_name.to_string(),
            access_level: grant.access_level.as_str(),
            granted_by: grant.granted_by.to_string(),
            expires_at: grant.window.until().map(|at| at.to_string()),
            valid_from: grant.window.from().filter(|_| state == GrantState::Scheduled).map(|at| at.to_string()),
            status,
        }
    }
}

/// The locks on a person's list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccessibleLocks)]
pub(super) struct Answered {
    locks: Vec<Entry>,
    #[schema(example = 1)]
    total_count: usize,
}

/// List the locks a person can open
///
/// With the window of each, those to come and those that are suspended among them; expired ones are not told.
///
/// Allowed: the person, a key of the person's organisation, a super key, staff. A key of another organisation sees the
/// entries on its own locks only.
#[utoipa::path(
    get,
    path = "/users/{id}/accessible-locks",
    operation_id = "listAccessibleLocks",
    tag = "Access",
    params(("id" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    responses(
        (status = 200, description = "The list", body = Answered, headers(("ETag"))),
        (status = 404, description = "No such person", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    Authenticated(caller): Authenticated,
) -> Result<Answer<Answered>, Problem> {
    let listed = app.cases.access.list.execute(&caller, id.user()).await;
    let listed = listed.map_err(|error| Problem::of(error, &id))?;
    let locks: Vec<Entry> = listed.grants.into_iter().map(Entry::from).collect();
    Ok(Answer::read(Some(listed.version), Answered { total_count: locks.len(), locks }))
}
