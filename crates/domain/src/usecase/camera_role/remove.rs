//! Taking people out of camera roles.

use async_trait::async_trait;

use super::{Failure, gateway_failure, present, refused, remote_failure, step_failure};
use crate::camera_role::{self, CameraRole, CameraRoleRefusal, Member};
use crate::clock::Timestamp;
use crate::commit::{Effects, Guard, PrivateChange};
use crate::event::{Actor, Version};
use crate::ids::{CameraRoleId, ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{CameraRoleSituation, Deleted, Unavailable};
use crate::threedeye::{AccountState, MappingState};
use crate::usecase::command::{Against, Command, Decision, Weighed};
use crate::usecase::threedeye::{CameraPorts, Job, at_address};
use crate::usecase::{Done, Outcome, Request};
use crate::user::Person;

/// Takes a person out of a camera role, at 3dEye first and then here: event `CameraRoleUserRemoved`. The account stays.
/// An account or role that is not at 3dEye any more needs no taking, and what waits to be restored is taken away too.
///
/// The account of somebody who is not in the role may have it all the same, by an assignment that was not written any
/// more. Then it is taken, and the answer has no event. Only for a caller who may put the person into the role: others
/// learn nothing of somebody who is not in it.
///
/// Refused: [`CameraRoleRefusal::NotAssigned`], `Busy`, `Gateway`; in the latter two cases nothing is written, and a
/// repeat is safe. Unknown role, or one that was deleted: `NotFound`.
pub struct UnassignCameraRole {
    ports: CameraPorts,
}

impl UnassignCameraRole {
    /// Wires the use case.
    pub const fn new(ports: CameraPorts) -> Self {
        Self { ports }
    }

    /// Does it. Run it as a task of its own: it must not be cancelled half-way.
    pub async fn execute(&self, request: &Request, role: CameraRoleId, user: UserId) -> Result<Outcome<Done>, Failure> {
        let removing = Removing { ports: &self.ports, caller: &request.caller, role, user, taken: None };
        let actor = match self.ports.commands.weigh(&removing, request).await {
            Weighed::Answered(answer) => return answer,
            Weighed::Open(_, actor) => actor,
        };
        let job = Job::take(&self.ports, request, actor, user).await.map_err(step_failure)?;
        let answer = removing.within(&job, request).await;
        job.release().await;
        answer
    }
}

/// What was done at 3dEye.
struct Taken {
    /// The account the person has, where that is known.
    account: Option<ThreeDEyeUserId>,
    /// What still waits to be restored, if the role was among it.
    recovery: Option<Vec<ThreeDEyeRoleId>>,
    /// Was there anything to take?
    any: bool,
    /// What must hold for it to be written.
    held: Guard,
}

struct Removing<'a> {
    ports: &'a CameraPorts,
    caller: &'a Caller,
    role: CameraRoleId,
    user: UserId,
    /// None = nothing yet.
    taken: Option<Taken>,
}

impl Removing<'_> {
    async fn within(mut self, job: &Job<'_>, request: &Request) -> Result<Outcome<Done>, Failure> {
        let commands = &self.ports.commands;
        // An equal request may have held the job until now.
        let situation = match commands.weigh(&self, request).await {
            Weighed::Answered(answer) => return answer,
            Weighed::Open(situation, _) => situation,
        };
        let Some(role) = &situation.known.role else { return Err(refused(CameraRoleRefusal::Busy)) };
        self.taken = Some(take(job, role, situation.known.member.as_ref()).await?);
        commands.run(&self, request).await
    }

    fn may_assign(&self, known: &CameraRoleSituation) -> bool {
        let role = known.role.as_ref().map(|role| &role.org);
        let person = known.person.as_ref().map(|person| &person.org);
        allows(self.caller, Action::AssignCameraRole, Resource::CameraRoleMember { role, person }).is_ok()
    }
}

/// Takes the role from every account that may be the person's.
async fn take(job: &Job<'_>, role: &CameraRole, member: Option<&Member>) -> Result<Taken, Failure> {
    let (person, state) = job.look().await?;
    let account = account(job, person.as_ref(), &state).await?;
    // The account that was given the role may be another: nobody knows any more whether it is there.
    let given = member.map(|member| &member.threedeye_user).filter(|given| account.as_ref() != Some(given));
    let kept = |roles: Vec<ThreeDEyeRoleId>| roles.into_iter().filter(|kept| *kept != role.threedeye_role).collect();
    let recovery = state.recovery.filter(|roles| roles.contains(&role.threedeye_role)).map(kept);
    let mut any = recovery.is_some();
    for account in account.iter().chain(given) {
        job.hold().await.map_err(step_failure)?;
        let taken = job.gateway().unassign_role(account, &role.threedeye_role).await.map_err(gateway_failure)?;
        any |= taken == Deleted::Gone;
    }
    Ok(Taken { account, recovery, any, held: job.held() })
}

/// The account the person has. Where no row tells, the address does, but only if somebody stands for it: else whoever
/// can set an address could take a role from another person's account.
async fn account(
    job: &Job<'_>,
    person: Option<&Person>,
    state: &AccountState,
) -> Result<Option<ThreeDEyeUserId>, Failure> {
    let address = match &state.mapping {
        Some(mapping) if mapping.threedeye_user.is_some() => return Ok(mapping.threedeye_user.clone()),
        Some(mapping) if mapping.state != MappingState::Stale => Some(&mapping.email),
        // One without an id that is stale names nothing.
        _ => person.and_then(|person| {
            let vouched = |_: &&_| person.profile.email_voucher.vouches();
            person.profile.email.as_ref().filter(vouched)
        }),
    };
    let Some(address) = address else { return Ok(None) };
    Ok(at_address(job, address).await.map_err(remote_failure)?.map(|account| account.id))
}

/// What is looked at.
struct Situation {
    known: CameraRoleSituation,
    /// Is there a mapping of somebody who is not in the role, but whom the caller may put into it?
    has_account: bool,
}

#[async_trait]
impl Command for Removing<'_> {
    type State = Situation;
    type Refusal = CameraRoleRefusal;

    async fn load(&self) -> Result<Situation, Unavailable> {
        let known = self.ports.camera_roles.situation(&self.role, self.user).await?;
        let has_account = known.member.is_none()
            && self.may_assign(&known)
            && self.ports.accounts.find(self.user).await?.mapping.is_some();
        Ok(Situation { known, has_account })
    }

    fn authorise(&self, caller: &Caller, situation: &Situation) -> Result<Actor, Denied> {
        let role = situation.known.role.as_ref().map(|role| &role.org);
        allows(caller, Action::RevokeCameraRole, Resource::CameraRole(role))
    }

    fn version(&self, situation: &Situation) -> Version {
        situation.known.role.as_ref().map(|role| role.version).unwrap_or_default()
    }

    fn decide(&self, situation: &Situation, now: Timestamp) -> Result<Decision, Against<CameraRoleRefusal>> {
        let Situation { known, has_account } = situation;
        let role = present(known.role.as_ref(), &self.role)?;
        let mut effects = Effects::default();
        // Before 3dEye was asked nobody knows whether the account has the role.
        let may_have = self.taken.as_ref().map_or(*has_account, |taken| taken.any);
        if known.member.is_some() || !may_have {
            let account = self.taken.as_ref().and_then(|taken| taken.account.as_ref());
            effects.events.push(camera_role::remove(role, known.member.as_ref(), account, now)?);
        }
        if let Some(taken) = &self.taken {
            effects.guards.push(taken.held);
            let recovery = taken.recovery.clone();
            effects.private.extend(recovery.map(|roles| {
                if roles.is_empty() {
                    PrivateChange::RecoveryGone(self.user)
                } else {
                    PrivateChange::Recovery { user: self.user, roles }
                }
            }));
        }
        Ok(Decision { stream: (&role.id).into(), expected: role.version, org: role.org.clone(), reason: None, effects })
    }
}
