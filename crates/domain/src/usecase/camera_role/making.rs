//! One call at a time makes a camera role at 3dEye, also across processes, and what it asked for outlives it.

use std::time::Duration;

use thiserror::Error;

use crate::camera_role::{CameraRoleRefusal, CreateCameraRole, Making, Makings};
use crate::commit::{Commit, Effects, Guard, GuardKey, WorkChange};
use crate::event::Actor;
use crate::ids::CommitId;
use crate::port::{CommitError, GatewayError, Unavailable};
use crate::text::FreeText;
use crate::usecase::Request;
use crate::usecase::threedeye::{CameraPorts, LET_GO, PATIENCE, PAUSE, ROUNDS};

/// Why a turn did not get on.
#[derive(Debug, Error)]
pub(super) enum TurnError {
    /// A rule stands in the way, or another call.
    #[error(transparent)]
    Refused(#[from] CameraRoleRefusal),
    /// 3dEye failed.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The store cannot answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A held turn. All turns are guarded by one number, which every step raises: whoever reads what is being made and then
/// writes knows that nothing came in between.
pub(super) struct Turn<'a> {
    ports: &'a CameraPorts,
    request: &'a Request,
    actor: Actor,
    command: &'a CreateCameraRole,
    holder: CommitId,
}

impl<'a> Turn<'a> {
    /// Waits for the turn and takes it.
    pub(super) async fn take(
        ports: &'a CameraPorts,
        request: &'a Request,
        actor: Actor,
        command: &'a CreateCameraRole,
    ) -> Result<Self, TurnError> {
        let now = ports.commands.clock.now();
        let turn = Self { ports, request, actor, command, holder: ports.commands.commit_id(now) };
        let mut waited = Duration::ZERO;
        loop {
            let Makings { revision, own, .. } = turn.makings().await?;
            let now = ports.commands.clock.now();
            if own.as_ref().is_none_or(|own| ports.is_over(own.until, now)) {
                let name = own.and_then(|own| own.name);
                let begun =
                    Making { role: command.role.clone(), name, holder: turn.holder, until: now.plus(ports.lease) };
                match turn.write(revision, WorkChange::CameraRoleMaking(begun)).await {
                    Ok(()) => return Ok(turn),
                    Err(CommitError::Unavailable(unavailable)) => return Err(unavailable.into()),
                    Err(_) => {}
                }
            }
            if waited >= PATIENCE {
                return Err(CameraRoleRefusal::Busy.into());
            }
            ports.timer.sleep(PAUSE).await;
            waited += PAUSE;
        }
    }

    /// Whose turn it is.
    pub(super) const fn holder(&self) -> CommitId {
        self.holder
    }

    /// What an interrupted call asked 3dEye for.
    pub(super) async fn asked_before(&self) -> Result<Option<FreeText>, TurnError> {
        Ok(self.own(self.makings().await?)?.name)
    }

    /// Holds the turn for another while.
    pub(super) async fn hold(&self) -> Result<(), TurnError> {
        self.step(|making, _| Ok(WorkChange::CameraRoleMaking(making))).await
    }

    /// Writes down what 3dEye is about to be asked for, and holds the turn for another while. Refused when the name is
    /// being made for another role: what is found under it would then be either's.
    pub(super) async fn ask(&self) -> Result<(), TurnError> {
        let name = &self.command.name;
        let asking = |making, namesake| {
            if namesake {
                return Err(CameraRoleRefusal::NameInMaking);
            }
            Ok(WorkChange::CameraRoleMaking(Making { name: Some(name.clone()), ..making }))
        };
        self.step(asking).await
    }

    /// Writes down that this call made nothing. What an interrupted call asked for `before` may be made yet; where
    /// there was none, the turn is over.
    pub(super) async fn give_up(&self, before: Option<FreeText>) -> Result<(), TurnError> {
        let giving_up = |making: Making, _| {
            Ok(match &before {
                None => WorkChange::CameraRoleMade(making.role),
                Some(_) => WorkChange::CameraRoleMaking(Making { name: before.clone(), ..making }),
            })
        };
        self.step(giving_up).await
    }

    /// Lets the turn go; what 3dEye was asked for stays written down, unless the role was made. A turn that cannot be
    /// let go ends by itself.
    pub(super) async fn release(self) {
        let letting_go = |making: Making, _| {
            Ok(match making.name {
                None => WorkChange::CameraRoleMade(making.role),
                Some(_) => WorkChange::CameraRoleMaking(Making { until: LET_GO, ..making }),
            })
        };
        match self.step(letting_go).await {
            // Nobody's any more: the role is made, or the turn was given up or taken over.
            Ok(()) | Err(TurnError::Refused(_)) => {}
            Err(error) => {
                tracing::debug!(role = %self.command.role, %error, "camera role not let go; its turn will end");
            }
        }
    }

    async fn makings(&self) -> Result<Makings, Unavailable> {
        self.ports.camera_roles.makings(&self.command.role, &self.command.name).await
    }

    /// The row, as long as the turn is this one's.
    fn own(&self, makings: Makings) -> Result<Making, CameraRoleRefusal> {
        makings.own.filter(|own| own.holder == self.holder).ok_or(CameraRoleRefusal::Busy)
    }

    /// Changes the row, whose end is put off, in one durable step. Makings of other roles raise the same number.
    async fn step(
        &self,
        change: impl Fn(Making, bool) -> Result<WorkChange, CameraRoleRefusal> + Send + Sync,
    ) -> Result<(), TurnError> {
        for _ in 0..ROUNDS {
            let makings = self.makings().await?;
            let (revision, namesake) = (makings.revision, makings.namesake);
            let until = self.ports.commands.clock.now().plus(self.ports.lease);
            let change = change(Making { until, ..self.own(makings)? }, namesake)?;
            match self.write(revision, change).await {
                Ok(()) => return Ok(()),
                Err(CommitError::Unavailable(unavailable)) => return Err(unavailable.into()),
                Err(_) => {}
            }
        }
        Err(CameraRoleRefusal::Busy.into())
    }

    async fn write(&self, revision: u64, change: WorkChange) -> Result<(), CommitError> {
        let commands = &self.ports.commands;
        let now = commands.clock.now();
        let guards = vec![Guard::raise(GuardKey::CameraRoleMakings, revision)];
        let commit = Commit {
            id: commands.commit_id(now),
            stream: None,
            effects: Effects { guards, work: vec![change], ..Effects::default() },
            idempotency: None,
            meta: self.request.metadata(self.actor.clone(), None, now),
        };
        commands.events.commit(commit).await
    }
}
