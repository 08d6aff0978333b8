//! `GET /locks/{id}/details`

use axum::extract::State;
use portcullis_domain::event::AggregateKind;
use portcullis_domain::ids::LockId;
use portcullis_domain::lock::LockDetails;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// The lock a read is about; text that is no lock's id is an id nobody has.
pub(super) fn read(id: &Id) -> Result<LockId, Problem> {
    LockId::parse(id.text()).map_err(|_| Problem::not_found(AggregateKind::Lock, id))
}

/// A lock.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LockDetails)]
pub(super) struct Answered {
    #[schema(example = "garage")]
    lock_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Garage")]
    name: Option<String>,
    #[schema(example = "acme")]
    org_id: String,
    /// The person who owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid, nullable = false, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    owner_id: Option<String>,
    /// The maker's running number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 7)]
    index: Option<i64>,
    /// The maker's UUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "a81bc81b-dead-4e5d-abff-90865d1e13b1")]
    uuid: Option<String>,
    /// The maker's serial number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "SN-000042")]
    serial_number: Option<String>,
    /// The maker.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Lockmaker")]
    vendor_name: Option<String>,
    /// When it was registered.
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: String,
    /// Version of the lock's stream.
    #[schema(example = 1)]
    version: u64,
}

impl From<LockDetails> for Answered {
    fn from(details: LockDetails) -> Self {
        let LockDetails { lock, maker, created_at } = details;
        Self {
            lock_id: lock.id.to_string(),
            name: lock.name,
            org_id: lock.org.to_string(),
            owner_id: lock.owner.map(|owner| owner.to_string()),
            index: maker.index,
            uuid: maker.uuid,
            serial_number: maker.serial_number,
            vendor_name: maker.vendor_name,
            created_at: created_at.to_string(),
            version: lock.version.number(),
        }
    }
}

/// Read a lock
///
/// What is known of a lock.
///
/// Allowed: people with access to the lock at present, its owner, a key of the organisation it belongs to, a super
/// key, staff. Everybody else is told that there is no such lock.
#[utoipa::path(
    get,
    path = "/locks/{id}/details",
    operation_id = "readLock",
    tag = "Locks",
    params(("id" = String, Path, description = "The lock", min_length = 1, max_length = 128, example = "garage")),
    responses(
        (status = 200, description = "The lock", body = Answered, headers(("ETag"))),
        (status = 404, description = "No such lock, for this caller", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    Authenticated(caller): Authenticated,
) -> Result<Answer<Answered>, Problem> {
    let details = app.cases.locks.details.execute(&caller, &read(&id)?).await;
    let details = details.map_err(|error| Problem::of(error, &id))?;
    Ok(Answer::read(Some(details.lock.version), details.into()))
}
