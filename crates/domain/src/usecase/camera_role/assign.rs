//! Putting people into camera roles.

use async_trait::async_trait;

use super::{Failure, account_failure, gateway_failure, present, refused, remote_failure, step_failure};
use crate::camera_role::{self, CameraRole, CameraRoleRefusal};
use crate::clock::Timestamp;
use crate::commit::{Effects, Guard};
use crate::event::{Actor, Version};
use crate::ids::{CameraRoleId, ThreeDEyeUserId, UserId};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{CameraRoleSituation, GatewayError, Unavailable};
use crate::threedeye::CredentialsRefusal;
use crate::usecase::command::{Against, Command, Decision, Weighed};
use crate::usecase::threedeye::{CameraPorts, Job, at_address, ensure_within, note_missing};
use crate::usecase::{Done, Outcome, Request};

/// Puts a person into a camera role, here and at 3dEye, where an account is made first if there is none: event
/// `CameraRoleUserAssigned`. Somebody who is in it stays in it and is given the role at 3dEye once more, where it may
/// have been taken away; the answer then has no event. An account that turns out to be gone is made anew. A suspended
/// person may be put into a role, as onto a lock's list.
///
/// Refused: [`CameraRoleRefusal::UnknownUser`], `Busy`, `Account`, `Gateway`; nothing is written then. Unknown role, or
/// one that was deleted: `NotFound`.
pub struct AssignCameraRole {
    ports: CameraPorts,
}

impl AssignCameraRole {
    /// Wires the use case.
    pub const fn new(ports: CameraPorts) -> Self {
        Self { ports }
    }

    /// Does it. Run it as a task of its own: it must not be cancelled half-way.
    pub async fn execute(&self, request: &Request, role: CameraRoleId, user: UserId) -> Result<Outcome<Done>, Failure> {
        let assigning = Assigning { ports: &self.ports, role, user, given: None };
        let actor = match self.ports.commands.weigh(&assigning, request).await {
            Weighed::Answered(answer) => return answer,
            Weighed::Open(_, actor) => actor,
        };
        let job = Job::take(&self.ports, request, actor, user).await.map_err(step_failure)?;
        let answer = assigning.within(&job, request).await;
        job.release().await;
        answer
    }
}

struct Assigning<'a> {
    ports: &'a CameraPorts,
    role: CameraRoleId,
    user: UserId,
    /// The account that was given the role, and what must hold for that to be written; none = not yet.
    given: Option<(ThreeDEyeUserId, Guard)>,
}

impl Assigning<'_> {
    async fn within(mut self, job: &Job<'_>, request: &Request) -> Result<Outcome<Done>, Failure> {
        let commands = &self.ports.commands;
        // An equal request may have held the job until now.
        let situation = match commands.weigh(&self, request).await {
            Weighed::Answered(answer) => return answer,
            Weighed::Open(situation, _) => situation,
        };
        let Some(role) = &situation.role else { return Err(refused(CameraRoleRefusal::Busy)) };
        let account = give(job, role).await?;
        self.given = Some((account, job.held()));
        commands.run(&self, request).await
    }
}

/// Gives the person's account the role. One that was deleted behind our back is made anew first.
async fn give(job: &Job<'_>, role: &CameraRole) -> Result<ThreeDEyeUserId, Failure> {
    let (_, mut rows) = job.look().await?;
    // One that is made in this very call may not be seen yet.
    let was_ready = rows.ready().is_some();
    let refusal = match account(job).await? {
        Some(account) => match job.gateway().assign_role(&account, &role.threedeye_role).await {
            Err(error @ GatewayError::Rejected(_)) if was_ready && is_gone(job, &account).await? => {
                gateway_failure(error)
            }
            given => return given.map(|()| account).map_err(gateway_failure),
        },
        None => unusable(),
    };
    if !was_ready {
        return Err(refusal);
    }
    note_missing(job, &mut rows).await.map_err(step_failure)?;
    let account = account(job).await?.ok_or_else(unusable)?;
    job.gateway().assign_role(&account, &role.threedeye_role).await.map_err(gateway_failure)?;
    Ok(account)
}

/// The person's account, made first if there is none; none = 3dEye never told its id, and it cannot be seen.
async fn account(job: &Job<'_>) -> Result<Option<ThreeDEyeUserId>, Failure> {
    let mapping = ensure_within(job).await.map_err(account_failure)?;
    let account = match mapping.threedeye_user {
        Some(account) => Some(account),
        None => at_address(job, &mapping.email).await.map_err(remote_failure)?.map(|account| account.id),
    };
    job.hold().await.map_err(step_failure)?;
    Ok(account)
}

fn unusable() -> Failure {
    refused(CameraRoleRefusal::Account(CredentialsRefusal::Orphan))
}

/// Is the account certainly gone? Else whatever it refused had another reason.
async fn is_gone(job: &Job<'_>, account: &ThreeDEyeUserId) -> Result<bool, Failure> {
    job.hold().await.map_err(step_failure)?;
    Ok(matches!(job.gateway().find(account).await, Ok(None)))
}

#[async_trait]
impl Command for Assigning<'_> {
    type State = CameraRoleSituation;
    type Refusal = CameraRoleRefusal;

    async fn load(&self) -> Result<CameraRoleSituation, Unavailable> {
        self.ports.camera_roles.situation(&self.role, self.user).await
    }

    fn authorise(&self, caller: &Caller, situation: &CameraRoleSituation) -> Result<Actor, Denied> {
        let role = situation.role.as_ref().map(|role| &role.org);
        let person = situation.person.as_ref().map(|person| &person.org);
        allows(caller, Action::AssignCameraRole, Resource::CameraRoleMember { role, person })
    }

    fn version(&self, situation: &CameraRoleSituation) -> Version {
        situation.role.as_ref().map(|role| role.version).unwrap_or_default()
    }

    fn decide(&self, situation: &CameraRoleSituation, now: Timestamp) -> Result<Decision, Against<CameraRoleRefusal>> {
        let role = present(situation.role.as_ref(), &self.role)?;
        if situation.person.is_none() {
            return Err(CameraRoleRefusal::UnknownUser.into());
        }
        let mut effects = Effects::default();
        if let Some((account, held)) = &self.given
            && let Some(event) = camera_role::assign(role, self.user, situation.member.as_ref(), account, now)
        {
            effects.events.push(event);
            // Whoever deletes the person raises it.
            effects.guards.push(*held);
        }
        Ok(Decision { stream: (&role.id).into(), expected: role.version, org: role.org.clone(), reason: None, effects })
    }

    fn is_fault(refusal: &CameraRoleRefusal) -> bool {
        matches!(refusal, CameraRoleRefusal::UnknownUser)
    }
}
