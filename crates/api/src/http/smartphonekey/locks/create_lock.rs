//! `POST /locks/{id}/CreateLock`

use axum::extract::State;
use portcullis_domain::event::Event;
use portcullis_domain::ids::{LockId, OrgId, UserId};
use portcullis_domain::lock::LockCreated;
use portcullis_domain::text::FreeText;
use portcullis_domain::usecase::Done;
use portcullis_domain::usecase::lock::LockOrder;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Occurred};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::Problem;

/// What is known of the lock.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreateLock)]
pub(super) struct Body {
    /// The name to show it with.
    #[schema(min_length = 1, max_length = 500, example = "Garage")]
    name: Option<String>,
    /// The organisation it belongs to; without one that of the key, else the default one.
    #[schema(min_length = 1, max_length = 128, example = "acme")]
    org_id: Option<String>,
    /// The person who owns it.
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    owner_id: Option<String>,
    /// The maker's running number.
    #[schema(example = 7)]
    index: Option<i64>,
    /// The maker's UUID, kept as sent.
    #[schema(min_length = 1, max_length = 500, example = "a81bc81b-dead-4e5d-abff-90865d1e13b1")]
    uuid: Option<String>,
    /// The maker's serial number.
    #[schema(min_length = 1, max_length = 500, example = "SN-000042")]
    serial_number: Option<String>,
    /// The maker.
    #[schema(min_length = 1, max_length = 500, example = "Lockmaker")]
    vendor_name: Option<String>,
}

impl Body {
    fn try_into_order(self, lock: LockId) -> Result<LockOrder, Problem> {
        let mut faults = Faults::default();
        let text = |text: String| FreeText::parse(text).map(|text| text.as_str().to_owned());
        let order = LockOrder {
            lock,
            org: faults.optional("orgId", self.org_id, OrgId::parse),
            name: faults.optional("name", self.name, text),
            owner: faults.optional("ownerId", self.owner_id, |text| UserId::parse(&text)),
            index: self.index,
            uuid: faults.optional("uuid", self.uuid, text),
            serial_number: faults.optional("serialNumber", self.serial_number, text),
            vendor_name: faults.optional("vendorName", self.vendor_name, text),
        };
        faults.check(Some(order))
    }
}

/// The payload of `LockCreated`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LockCreated)]
pub(super) struct Created {
    #[schema(example = "garage")]
    lock_id: String,
    #[schema(example = "acme")]
    org_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Garage")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid, nullable = false, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    owner_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 7)]
    index: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "a81bc81b-dead-4e5d-abff-90865d1e13b1")]
    uuid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "SN-000042")]
    serial_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Lockmaker")]
    vendor_name: Option<String>,
}

impl From<LockCreated> for Created {
    fn from(created: LockCreated) -> Self {
        Self {
            lock_id: created.lock_id.to_string(),
            org_id: created.org_id.to_string(),
            name: created.name,
            owner_id: created.owner_id.map(|owner| owner.to_string()),
            index: created.index,
            uuid: created.uuid,
            serial_number: created.serial_number,
            vendor_name: created.vendor_name,
        }
    }
}

/// The lock is registered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LockCreatedAnswer)]
pub(super) struct Answered {
    #[schema(example = true)]
    success: bool,
    /// The lock.
    #[schema(example = "garage")]
    aggregate_id: String,
    /// Version of the lock's stream now.
    #[schema(example = 1)]
    version: u64,
    /// None when the lock was registered already.
    #[schema(required = true)]
    event: Option<Occurred<Created>>,
    #[schema(example = "garage")]
    lock_id: String,
}

impl Answered {
    fn new(done: Done) -> Option<Self> {
        let event = match done.event {
            None => None,
            Some(Event::LockCreated(created)) => Some(Occurred { name: "LockCreated", data: created.into() }),
            Some(_) => return None,
        };
        let version = done.version.number();
        Some(Self {
            success: true,
            lock_id: done.aggregate_id.clone(),
            aggregate_id: done.aggregate_id,
            version,
            event,
        })
    }
}

/// Register a lock
///
/// Or finds that it is registered; then nothing is changed, and the answer is 200.
///
/// Allowed: a key for its own organisation, a super key, staff.
#[utoipa::path(
    post,
    path = "/locks/{id}/CreateLock",
    operation_id = "createLock",
    tag = "Locks",
    params(("id" = String, Path, description = "The lock", min_length = 1, max_length = 128, example = "garage")),
    request_body = Option<Body>,
    responses(
        (status = 200, description = "The lock was registered already; nothing was changed", body = Answered),
        (status = 201, description = "The lock is registered", body = Answered),
    )
)]
pub(super) async fn handler(State(app): State<App>, id: Id, command: Command) -> Result<Answer<Answered>, Problem> {
    let body: Body = command.json_or_default()?;
    let order = body.try_into_order(id.lock()?)?;
    let outcome = app.cases.locks.create.execute(&command.request, order).await;
    let outcome = outcome.map_err(|error| Problem::of(error, &id))?;
    Answer::made(outcome, Answered::new)
}
