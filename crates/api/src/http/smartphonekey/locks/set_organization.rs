//! `POST /locks/{id}/SetOrganization`

use axum::extract::State;
use portcullis_domain::event::Event;
use portcullis_domain::ids::{LockId, OrgId};
use portcullis_domain::lock::SetOrganization;
use portcullis_domain::usecase::Done;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Occurred};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// Which organisation the lock is to belong to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SetOrganization)]
pub(super) struct Body {
    /// The organisation.
    #[schema(value_type = String, min_length = 1, max_length = 128, example = "acme")]
    org_id: Option<String>,
}

impl Body {
    fn try_into_command(self, lock: LockId) -> Result<SetOrganization, Problem> {
        let mut faults = Faults::default();
        let org = faults.required("orgId", self.org_id, OrgId::parse);
        let org = faults.check(org)?;
        Ok(SetOrganization { lock, org })
    }
}

/// The payload of `LockOrganizationSet`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LockOrganizationSet)]
pub(super) struct Set {
    #[schema(example = "garage")]
    lock_id: String,
    #[schema(example = "acme")]
    org_id: String,
}

/// The lock belongs to the organisation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LockOrganizationSetAnswer)]
pub(super) struct Answered {
    #[schema(example = true)]
    success: bool,
    /// The lock.
    #[schema(example = "garage")]
    aggregate_id: String,
    /// Version of the lock's stream now.
    #[schema(example = 2)]
    version: u64,
    /// None when the lock belonged to the organisation already.
    #[schema(required = true)]
    event: Option<Occurred<Set>>,
    #[schema(example = "garage")]
    lock_id: String,
}

impl Answered {
    fn new(done: Done) -> Option<Self> {
        let event = match done.event {
            None => None,
            Some(Event::LockOrganizationSet(set)) => Some(Occurred {
                name: "LockOrganizationSet",
                data: Set { lock_id: set.lock_id.to_string(), org_id: set.org_id.to_string() },
            }),
            Some(_) => return None,
        };
        Some(Self {
            success: true,
            lock_id: done.aggregate_id.clone(),
            aggregate_id: done.aggregate_id,
            version: done.version.number(),
            event,
        })
    }
}

/// Give a lock to an organisation
///
/// Owner and grants stay as they are; keys of the organisation before can no longer reach the lock. A repeat changes
/// nothing: 200 with `event: null`.
///
/// Allowed: a super key, staff.
#[utoipa::path(
    post,
    path = "/locks/{id}/SetOrganization",
    operation_id = "setLockOrganization",
    tag = "Locks",
    params(("id" = String, Path, description = "The lock", min_length = 1, max_length = 128, example = "garage")),
    request_body = Body,
    responses(
        (status = 200, description = "The lock belongs to the organisation", body = Answered),
        (status = 404, description = "No such lock", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, id: Id, command: Command) -> Result<Answer<Answered>, Problem> {
    let body: Body = command.json()?;
    let set = body.try_into_command(id.lock()?)?;
    let outcome = app.cases.locks.set_organization.execute(&command.request, set).await;
    let outcome = outcome.map_err(|error| Problem::of(error, &id))?;
    Answer::changed(outcome, Answered::new)
}
