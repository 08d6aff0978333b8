//! `POST /locks/{id}/SetOwner`

use axum::extract::State;
use portcullis_domain::event::Event;
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::lock::SetOwner;
use portcullis_domain::usecase::Done;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Occurred};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::{Faults, Nullable, nullable};
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// Who is to own the lock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SetOwner)]
pub(super) struct Body {
    /// The person; null takes the owner away.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(
        value_type = Option<String>,
        required = true,
        format = Uuid,
        example = "0190163d-8694-739b-aea5-5966c26f8ad2"
    )]
    user_id: Option<Nullable<String>>,
}

impl Body {
    fn try_into_command(self, lock: LockId) -> Result<SetOwner, Problem> {
        let mut faults = Faults::default();
        let person = |Nullable(text): Nullable<String>| text.as_deref().map(UserId::parse).transpose();
        let owner = faults.required("userId", self.user_id, person);
        let owner = faults.check(owner)?;
        Ok(SetOwner { lock, owner })
    }
}

/// The payload of `LockOwnerSet`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LockOwnerSet)]
pub(super) struct Set {
    #[schema(example = "garage")]
    lock_id: String,
    /// None when nobody owns the lock any more.
    #[schema(required = true, format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: Option<String>,
}

/// The lock has the owner.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LockOwnerSetAnswer)]
pub(super) struct Answered {
    #[schema(example = true)]
    success: bool,
    /// The lock.
    #[schema(example = "garage")]
    aggregate_id: String,
    /// Version of the lock's stream now.
    #[schema(example = 2)]
    version: u64,
    /// None when the lock had the owner already.
    #[schema(required = true)]
    event: Option<Occurred<Set>>,
    #[schema(example = "garage")]
    lock_id: String,
}

impl Answered {
    fn new(done: Done) -> Option<Self> {
        let event = match done.event {
            None => None,
            Some(Event::LockOwnerSet(set)) => Some(Occurred {
                name: "LockOwnerSet",
                data: Set { lock_id: set.lock_id.to_string(), user_id: set.user_id.map(|owner| owner.to_string()) },
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

/// Set the owner of a lock
///
/// Gives a lock an owner, or takes the owner away with null. Grants stay as they are, those of the owner before, too.
/// A repeat changes nothing: 200 with `event: null`.
///
/// Allowed: a key of the organisation the lock belongs to, a super key, staff.
#[utoipa::path(
    post,
    path = "/locks/{id}/SetOwner",
    operation_id = "setLockOwner",
    tag = "Locks",
    params(("id" = String, Path, description = "The lock", min_length = 1, max_length = 128, example = "garage")),
    request_body = Body,
    responses(
        (status = 200, description = "The lock has the owner", body = Answered),
        (status = 400, description = "The request is malformed, or userId is no user's", body = ErrorBody),
        (status = 404, description = "No such lock", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, id: Id, command: Command) -> Result<Answer<Answered>, Problem> {
    let body: Body = command.json()?;
    let set = body.try_into_command(id.lock()?)?;
    let outcome = app.cases.locks.set_owner.execute(&command.request, set).await;
    let outcome = outcome.map_err(|error| Problem::of(error, &id))?;
    Answer::changed(outcome, Answered::new)
}
