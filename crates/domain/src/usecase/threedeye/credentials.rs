//! A person's camera credentials.

use crate::event::{Actor, StreamId};
use crate::ids::{ThreeDEyeUserId, UserId};
use crate::policy::{Action, Resource, allows};
use crate::secret::Secret;
use crate::text::EmailAddress;
use crate::threedeye::{AccountState, CredentialsRefusal, Mapping};
use crate::usecase::{Request, UseCaseError};

use super::job::{CameraPorts, Job, StepError, Taken};
use super::provision::{ProvisionError, provision};

/// What a person signs in to 3dEye with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraCredentials {
    /// The person.
    pub user: UserId,
    /// The sign-in.
    pub email: EmailAddress,
    /// The remote account, when 3dEye told its id.
    pub threedeye_user: Option<ThreeDEyeUserId>,
    /// The password.
    pub password: Secret<String>,
}

/// Reads a person's camera credentials, making the account first when there is none.
///
/// However many call at once, on however many processes, one account is made and all get the same password.
pub struct ReadCredentials {
    ports: CameraPorts,
}

impl ReadCredentials {
    /// Wires the use case.
    pub const fn new(ports: CameraPorts) -> Self {
        Self { ports }
    }

    /// Reads them. Run it as a task of its own: it must not be cancelled half-way.
    pub async fn execute(
        &self,
        request: &Request,
        user: UserId,
    ) -> Result<CameraCredentials, UseCaseError<CredentialsRefusal>> {
        let person = self.ports.users.find(user).await?;
        let org = person.as_ref().map(|person| &person.org);
        let resource = Resource::Person { id: user, org };
        let actor = allows(&request.caller, Action::ReadCameraCredentials, resource)?;
        if person.is_none() {
            return Err(UseCaseError::NotFound { stream: StreamId::from(user), replayed: None });
        }
        ensure_account(&self.ports, request, actor, user).await.map(credentials)
    }
}

/// The person's account, made first when there is none. Waits for whoever is at work on it, until the account is there.
///
/// An account that was made counts whatever the person's address is now; a reset moves it to the present one.
pub(crate) async fn ensure_account(
    ports: &CameraPorts,
    request: &Request,
    actor: Actor,
    user: UserId,
) -> Result<Mapping, UseCaseError<CredentialsRefusal>> {
    let ready = |state: &AccountState| state.ready().cloned();
    match Job::take_unless(ports, request, actor, user, ready).await.map_err(step_error)? {
        Taken::Settled(mapping) => Ok(mapping),
        Taken::Job(job) => {
            let made = ensure_within(&job).await;
            job.release().await;
            made
        }
    }
}

/// [`ensure_account`] for whoever holds the job already.
pub(crate) async fn ensure_within(job: &Job<'_>) -> Result<Mapping, UseCaseError<CredentialsRefusal>> {
    // Whoever held the job before may have made the account.
    let (person, state) = job.look().await?;
    let person = person.ok_or(UseCaseError::NotFound { stream: StreamId::from(job.user()), replayed: None })?;
    let done = provision(job, &person, state).await.map_err(|error| match error {
        ProvisionError::NoAddress => refused(CredentialsRefusal::NoAddress),
        ProvisionError::Orphan => refused(CredentialsRefusal::Orphan),
        ProvisionError::Gateway(error) => refused(CredentialsRefusal::Gateway(error)),
        ProvisionError::Step(error) => step_error(error),
    })?;
    Ok(done.mapping)
}

fn credentials(mapping: Mapping) -> CameraCredentials {
    CameraCredentials {
        user: mapping.user,
        email: mapping.email,
        threedeye_user: mapping.threedeye_user,
        password: mapping.password,
    }
}

const fn refused(refusal: CredentialsRefusal) -> UseCaseError<CredentialsRefusal> {
    UseCaseError::Refused { refusal, replayed: None }
}

fn step_error(error: StepError) -> UseCaseError<CredentialsRefusal> {
    match error {
        StepError::Busy | StepError::AlreadyDone(_) => refused(CredentialsRefusal::Busy),
        StepError::Unavailable(unavailable) => unavailable.into(),
    }
}
