//! Giving a lock to an organisation.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::commit::Effects;
use crate::event::{Actor, StreamId, Version};
use crate::lock::{self, Lock, LockRefusal, SetOrganization};
use crate::policy::{Action, Caller, Denied};
use crate::port::{LockAccess, Unavailable};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};

/// Gives a lock to an organisation: event `LockOrganizationSet`, recorded as one of the new organisation. Owner and
/// grants stay. A lock that belongs to it already is left as is, and the answer has no event.
///
/// Unregistered lock: `NotFound`.
pub struct SetLockOrganization {
    commands: Commands,
    locks: Arc<dyn LockAccess>,
}

impl SetLockOrganization {
    /// Wires the use case.
    pub fn new(commands: Commands, locks: Arc<dyn LockAccess>) -> Self {
        Self { commands, locks }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        command: SetOrganization,
    ) -> Result<Outcome<Done>, UseCaseError<LockRefusal>> {
        self.commands.run(&Setting { locks: self.locks.as_ref(), command }, request).await
    }
}

struct Setting<'a> {
    locks: &'a dyn LockAccess,
    command: SetOrganization,
}

#[async_trait]
impl Command for Setting<'_> {
    type State = Option<Lock>;
    type Refusal = LockRefusal;

    async fn load(&self) -> Result<Option<Lock>, Unavailable> {
        self.locks.lock(&self.command.lock).await
    }

    fn authorise(&self, caller: &Caller, lock: &Option<Lock>) -> Result<Actor, Denied> {
        super::authorise(caller, Action::SetLockOrganization, lock.as_ref())
    }

    fn version(&self, lock: &Option<Lock>) -> Version {
        lock.as_ref().map(|lock| lock.version).unwrap_or_default()
    }

    fn decide(&self, lock: &Option<Lock>, _now: Timestamp) -> Result<Decision, Against<LockRefusal>> {
        let stream = StreamId::from(&self.command.lock);
        let Some(lock) = lock else { return Err(Against::NotFound(stream)) };
        let events = lock::set_organization(&self.command, lock).into_iter().collect();
        Ok(Decision {
            stream,
            expected: lock.version,
            org: self.command.org.clone(),
            reason: None,
            effects: Effects { events, ..Effects::default() },
        })
    }
}
