//! Making camera roles.

use async_trait::async_trait;

use super::making::{Turn, TurnError};
use super::{Failure, gateway_failure, refused};
use crate::camera_role::{self, CameraRole, CameraRoleRefusal, Makings};
use crate::clock::Timestamp;
use crate::commit::{Effects, Guard, GuardKey, WorkChange};
use crate::event::{Actor, Version};
use crate::ids::{CameraRoleId, CommitId, OrgId, ThreeDEyeRoleId};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{GatewayError, NewRemoteRole, Unavailable};
use crate::text::FreeText;
use crate::usecase::command::{Against, Command, Decision, Weighed};
use crate::usecase::threedeye::CameraPorts;
use crate::usecase::{Done, Outcome, Request};

/// What is ordered of a camera role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraRoleOrder {
    /// The role.
    pub role: CameraRoleId,
    /// The organisation; without one that of the caller's key, else the default.
    pub org: Option<OrgId>,
    /// Its name, without spaces around it.
    pub name: FreeText,
    /// What it is for.
    pub description: Option<FreeText>,
}

/// Makes a camera role, at 3dEye first and then here: event `CameraRoleCreated`. One that is there as ordered is left
/// as is, and the answer has no event.
///
/// Before 3dEye is asked it is written down what for, so that a repeat after a crash finds the role and takes it up.
/// A role at 3dEye that nothing of ours tells of is somebody else's and never taken up.
///
/// Refused: [`CameraRoleRefusal::Exists`], `Deleted`, `NameTaken`, `NameInMaking`, `EarlierName`, `Busy`, `Gateway`.
pub struct CreateCameraRole {
    ports: CameraPorts,
    default_org: OrgId,
}

impl CreateCameraRole {
    /// Wires the use case; roles made without an organisation belong to `default_org`.
    pub const fn new(ports: CameraPorts, default_org: OrgId) -> Self {
        Self { ports, default_org }
    }

    /// Does it. Run it as a task of its own: it must not be cancelled half-way.
    pub async fn execute(&self, request: &Request, order: CameraRoleOrder) -> Result<Outcome<Done>, Failure> {
        let of_key = request.caller.organisation.as_ref().map(|key| key.org.clone());
        let org = order.org.or(of_key).unwrap_or_else(|| self.default_org.clone());
        let CameraRoleOrder { role, name, description, .. } = order;
        let command = camera_role::CreateCameraRole { role, org, name, description };
        let creating = Creating { ports: &self.ports, command: &command, made: None };
        let actor = match self.ports.commands.weigh(&creating, request).await {
            Weighed::Answered(answer) => return answer,
            Weighed::Open(situation, _) if situation.role.is_some() => {
                return self.ports.commands.run(&creating, request).await;
            }
            Weighed::Open(_, actor) => actor,
        };
        let turn = Turn::take(&self.ports, request, actor.clone(), &command).await.map_err(turn_failure)?;
        let answer = self.within(&turn, creating, request, actor).await;
        turn.release().await;
        answer
    }

    async fn within(
        &self,
        turn: &Turn<'_>,
        creating: Creating<'_>,
        request: &Request,
        actor: Actor,
    ) -> Result<Outcome<Done>, Failure> {
        let commands = &self.ports.commands;
        // An equal request may have had the turn until now.
        match commands.weigh(&creating, request).await {
            Weighed::Answered(answer) => return answer,
            Weighed::Open(situation, _) if situation.role.is_some() => return commands.run(&creating, request).await,
            Weighed::Open(..) => {}
        }
        match self.make(turn, creating.command).await {
            Ok(role) => {
                let made = Some(Made { role, holder: turn.holder() });
                commands.run(&Creating { made, ..creating }, request).await
            }
            // Whoever is busy today is not so tomorrow: that is no answer to remember.
            Err(TurnError::Refused(refusal)) if !matches!(refusal, CameraRoleRefusal::Busy) => {
                commands.remember_refusal(request, actor, refusal, commands.clock.now()).await?
            }
            Err(error) => Err(turn_failure(error)),
        }
    }

    /// Makes the role at 3dEye, or finds the one made before.
    async fn make(
        &self,
        turn: &Turn<'_>,
        command: &camera_role::CreateCameraRole,
    ) -> Result<ThreeDEyeRoleId, TurnError> {
        let before = turn.asked_before().await?;
        let there = self.named(before.as_ref().unwrap_or(&command.name)).await?;
        match &before {
            Some(earlier) if *earlier != command.name => {
                if !there.is_empty() {
                    return Err(CameraRoleRefusal::EarlierName.into());
                }
                turn.hold().await?;
                if !self.named(&command.name).await?.is_empty() {
                    return Err(CameraRoleRefusal::NameTaken.into());
                }
            }
            Some(_) => {
                if let Some(role) = self.ours(there).await? {
                    return Ok(role);
                }
            }
            None if there.is_empty() => {}
            None => return Err(CameraRoleRefusal::NameTaken.into()),
        }
        // From here on a role of the name is ours: there was none, and nobody else of us asks for one.
        turn.ask().await?;
        let name = command.name.as_str().to_owned();
        let description = command.description.as_ref().map(|text| text.as_str().to_owned());
        match self.ports.gateway.create_role(&NewRemoteRole { name, description }).await {
            Ok(Some(role)) => Ok(role),
            Ok(None) | Err(GatewayError::Ambiguous) => {
                turn.hold().await?;
                let there = self.named(&command.name).await?;
                self.ours(there).await?.ok_or(TurnError::Gateway(GatewayError::Ambiguous))
            }
            Err(error) => {
                // Nothing was made, so nothing may later pass for what was; an older sign is as good as before.
                turn.give_up(before).await?;
                Err(error.into())
            }
        }
    }

    /// The roles of a name at 3dEye.
    async fn named(&self, name: &FreeText) -> Result<Vec<ThreeDEyeRoleId>, GatewayError> {
        let roles = self.ports.gateway.roles().await?;
        let is_named = |known: &Option<String>| known.as_deref().is_some_and(|known| known.trim() == name.as_str());
        Ok(roles.into_iter().filter(|role| is_named(&role.name)).map(|role| role.id).collect())
    }

    /// Of the roles there the one we asked for. Which of several that is nobody knows, and one that belongs to another
    /// camera role is not it.
    async fn ours(&self, there: Vec<ThreeDEyeRoleId>) -> Result<Option<ThreeDEyeRoleId>, TurnError> {
        match <[_; 1]>::try_from(there) {
            Ok([role]) if self.ports.camera_roles.find_by_remote(&role).await?.is_none() => Ok(Some(role)),
            Err(none) if none.is_empty() => Ok(None),
            _ => Err(CameraRoleRefusal::NameTaken.into()),
        }
    }
}

fn turn_failure(error: TurnError) -> Failure {
    match error {
        TurnError::Refused(refusal) => refused(refusal),
        TurnError::Gateway(error) => gateway_failure(error),
        TurnError::Unavailable(unavailable) => unavailable.into(),
    }
}

/// What 3dEye made.
struct Made {
    role: ThreeDEyeRoleId,
    /// Whose turn it was.
    holder: CommitId,
}

struct Creating<'a> {
    ports: &'a CameraPorts,
    command: &'a camera_role::CreateCameraRole,
    /// None = nothing yet.
    made: Option<Made>,
}

/// The makings are read before the role, and guarded by their number.
struct Situation {
    makings: Makings,
    role: Option<CameraRole>,
}

#[async_trait]
impl Command for Creating<'_> {
    type State = Situation;
    type Refusal = CameraRoleRefusal;

    async fn load(&self) -> Result<Situation, Unavailable> {
        let makings = self.ports.camera_roles.makings(&self.command.role, &self.command.name).await?;
        Ok(Situation { makings, role: self.ports.camera_roles.find(&self.command.role).await? })
    }

    fn authorise(&self, caller: &Caller, situation: &Situation) -> Result<Actor, Denied> {
        let create_for = |org| allows(caller, Action::CreateCameraRole, Resource::Org(org));
        // Whom a key names, it must be allowed to name, also where there is nothing left to do.
        let actor = create_for(&self.command.org)?;
        situation.role.as_ref().map_or(Ok(actor), |role| create_for(&role.org))
    }

    fn version(&self, situation: &Situation) -> Version {
        situation.role.as_ref().map(|role| role.version).unwrap_or_default()
    }

    fn decide(&self, situation: &Situation, now: Timestamp) -> Result<Decision, Against<CameraRoleRefusal>> {
        let Situation { makings, role } = situation;
        let made = self.made.as_ref();
        let event = camera_role::create(self.command, role.as_ref(), made.map(|made| &made.role), now)?;
        let mut effects = Effects::default();
        if let (Some(event), Some(made)) = (event, made) {
            if makings.own.as_ref().is_none_or(|own| own.holder != made.holder) {
                return Err(CameraRoleRefusal::Busy.into());
            }
            effects.events.push(event);
            effects.work.push(WorkChange::CameraRoleMade(self.command.role.clone()));
            effects.guards.push(Guard::raise(GuardKey::CameraRoleMakings, makings.revision));
        }
        Ok(Decision {
            stream: (&self.command.role).into(),
            expected: role.as_ref().map(|role| role.version).unwrap_or_default(),
            org: self.command.org.clone(),
            reason: None,
            effects,
        })
    }

    fn is_fault(refusal: &CameraRoleRefusal) -> bool {
        matches!(refusal, CameraRoleRefusal::Busy)
    }
}
