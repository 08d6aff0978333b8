//! Giving a lock an owner.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::commit::Effects;
use crate::event::{Actor, StreamId, Version};
use crate::lock::{self, Lock, LockRefusal, SetOwner};
use crate::policy::{Action, Caller, Denied};
use crate::port::{LockAccess, Unavailable, UserRepository};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};

/// Gives a lock an owner or takes the owner away: event `LockOwnerSet`. Grants stay, those of the owner before, too.
/// A lock whose owner that is already is left as is, and the answer has no event.
///
/// Refused: [`LockRefusal::UnknownUser`]. Unregistered lock: `NotFound`.
pub struct SetLockOwner {
    commands: Commands,
    locks: Arc<dyn LockAccess>,
    users: Arc<dyn UserRepository>,
}

impl SetLockOwner {
    /// Wires the use case.
    pub fn new(commands: Commands, locks: Arc<dyn LockAccess>, users: Arc<dyn UserRepository>) -> Self {
        Self { commands, locks, users }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        command: SetOwner,
    ) -> Result<Outcome<Done>, UseCaseError<LockRefusal>> {
        let setting = Setting { locks: self.locks.as_ref(), users: self.users.as_ref(), command };
        self.commands.run(&setting, request).await
    }
}

struct Setting<'a> {
    locks: &'a dyn LockAccess,
    users: &'a dyn UserRepository,
    command: SetOwner,
}

struct Situation {
    lock: Option<Lock>,
    /// Version of the owner to be; none when nobody has the id.
    owner: Option<Version>,
}

#[async_trait]
impl Command for Setting<'_> {
    type State = Situation;
    type Refusal = LockRefusal;

    async fn load(&self) -> Result<Situation, Unavailable> {
        let lock = self.locks.lock(&self.command.lock).await?;
        let owner = match self.command.owner {
            Some(owner) => self.users.find(owner).await?.map(|person| person.version),
            None => None,
        };
        Ok(Situation { lock, owner })
    }

    fn authorise(&self, caller: &Caller, situation: &Situation) -> Result<Actor, Denied> {
        super::authorise(caller, Action::SetLockOwner, situation.lock.as_ref())
    }

    fn version(&self, situation: &Situation) -> Version {
        situation.lock.as_ref().map(|lock| lock.version).unwrap_or_default()
    }

    fn decide(&self, situation: &Situation, _now: Timestamp) -> Result<Decision, Against<LockRefusal>> {
        let stream = StreamId::from(&self.command.lock);
        let Some(lock) = &situation.lock else { return Err(Against::NotFound(stream)) };
        let events: Vec<_> = lock::set_owner(&self.command, lock, situation.owner.is_some())?.into_iter().collect();
        // An owner who is deleted meanwhile owns nothing. Where there is nothing to do nothing is relied on.
        let owner = self.command.owner.zip(situation.owner).filter(|_| !events.is_empty());
        let unchanged = owner.map(|(owner, version)| (owner.into(), version)).into_iter().collect();
        Ok(Decision {
            stream,
            expected: lock.version,
            org: lock.org.clone(),
            reason: None,
            effects: Effects { events, unchanged, ..Effects::default() },
        })
    }

    fn is_fault(refusal: &LockRefusal) -> bool {
        matches!(refusal, LockRefusal::UnknownUser)
    }
}
