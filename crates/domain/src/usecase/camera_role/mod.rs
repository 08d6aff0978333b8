//! Camera roles. 3dEye is asked first and what it did is written then, so whoever repeats a command after a crash
//! reaches its goal. Run the commands as tasks that a hang-up does not cancel.
//!
//! Who puts somebody into a role or takes somebody out holds the person's remote job meanwhile: no reset at the same time
//! loses the role, and no account is made with a role that was just taken away. Making a role has a turn of its own, as
//! 3dEye could be asked twice for it; deleting one needs none, since doing it twice does no harm.

mod assign;
mod create;
mod delete;
mod details;
mod making;
mod remove;
mod restore;

pub use assign::AssignCameraRole;
pub use create::{CameraRoleOrder, CreateCameraRole};
pub use delete::DeleteCameraRole;
pub use details::{CameraRoleDetails, CameraRoleQuery, ReadCameraRole};
pub use remove::UnassignCameraRole;
pub(crate) use restore::to_restore;

use crate::camera_role::{CameraRole, CameraRoleRefusal};
use crate::event::StreamId;
use crate::ids::CameraRoleId;
use crate::port::GatewayError;
use crate::threedeye::CredentialsRefusal;
use crate::usecase::UseCaseError;
use crate::usecase::command::Against;
use crate::usecase::threedeye::{RemoteError, StepError};

type Failure = UseCaseError<CameraRoleRefusal>;

/// The role when there is one to do something with; a deleted one is none.
fn present<'a>(role: Option<&'a CameraRole>, id: &CameraRoleId) -> Result<&'a CameraRole, Against<CameraRoleRefusal>> {
    role.filter(|role| role.is_active()).ok_or_else(|| Against::NotFound(StreamId::from(id)))
}

const fn refused(refusal: CameraRoleRefusal) -> Failure {
    UseCaseError::Refused { refusal, replayed: None }
}

fn gateway_failure(error: GatewayError) -> Failure {
    refused(error.into())
}

fn step_failure(error: StepError) -> Failure {
    match error {
        StepError::Busy | StepError::AlreadyDone(_) => refused(CameraRoleRefusal::Busy),
        StepError::Unavailable(unavailable) => unavailable.into(),
    }
}

fn remote_failure(error: RemoteError) -> Failure {
    match error {
        RemoteError::Gateway(error) => gateway_failure(error),
        RemoteError::Step(error) => step_failure(error),
    }
}

/// Why somebody has no account at 3dEye to give a role to.
fn account_failure(error: UseCaseError<CredentialsRefusal>) -> Failure {
    match error {
        UseCaseError::Denied(denied) => denied.into(),
        UseCaseError::NotFound { .. } => refused(CameraRoleRefusal::UnknownUser),
        UseCaseError::Refused { refusal: CredentialsRefusal::Busy, .. } => refused(CameraRoleRefusal::Busy),
        UseCaseError::Refused { refusal: CredentialsRefusal::Gateway(error), .. } => gateway_failure(error),
        UseCaseError::Refused { refusal, .. } => refused(CameraRoleRefusal::Account(refusal)),
        UseCaseError::Stale => UseCaseError::Stale,
        UseCaseError::KeyReused => UseCaseError::KeyReused,
        UseCaseError::Conflict => UseCaseError::Conflict,
        UseCaseError::Unavailable(unavailable) => unavailable.into(),
    }
}
