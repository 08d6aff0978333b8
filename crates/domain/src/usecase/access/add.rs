//! Putting a lock on a person's list.

use std::sync::Arc;

use async_trait::async_trait;

use crate::access::{self, AccessRefusal, AddAccess};
use crate::clock::Timestamp;
use crate::commit::Effects;
use crate::event::{Actor, StreamId, Version};
use crate::policy::{Action, Caller, Denied};
use crate::port::{AccessSituation, LockAccess, Unavailable};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};

/// Puts a lock on a person's list: event `AccessibleLockAdded`, preceded by the `AccessibleLockRemoved` of an expired
/// grant of the same lock that nobody wrote yet.
///
/// Refused: [`AccessRefusal::AlreadyGranted`], [`AccessRefusal::WindowOver`]. Unknown person: `NotFound`.
pub struct AddAccessibleLock {
    commands: Commands,
    locks: Arc<dyn LockAccess>,
}

impl AddAccessibleLock {
    /// Wires the use case.
    pub fn new(commands: Commands, locks: Arc<dyn LockAccess>) -> Self {
        Self { commands, locks }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        command: AddAccess,
    ) -> Result<Outcome<Done>, UseCaseError<AccessRefusal>> {
        self.commands.run(&Adding { locks: self.locks.as_ref(), command }, request).await
    }
}

struct Adding<'a> {
    locks: &'a dyn LockAccess,
    command: AddAccess,
}

#[async_trait]
impl Command for Adding<'_> {
    type State = AccessSituation;
    type Refusal = AccessRefusal;

    async fn load(&self) -> Result<AccessSituation, Unavailable> {
        self.locks.situation(self.command.user, &self.command.lock).await
    }

    fn authorise(&self, caller: &Caller, situation: &AccessSituation) -> Result<Actor, Denied> {
        super::authorise(caller, Action::GrantLock, self.command.user, situation)
    }

    fn version(&self, situation: &AccessSituation) -> Version {
        situation.person.as_ref().map(|person| person.version).unwrap_or_default()
    }

    fn decide(&self, situation: &AccessSituation, now: Timestamp) -> Result<Decision, Against<AccessRefusal>> {
        let stream = StreamId::from(self.command.user);
        let Some(person) = &situation.person else { return Err(Against::NotFound(stream)) };
        let events = access::add(&self.command, situation.grant.as_ref(), now)?;
        Ok(Decision {
            stream,
            expected: person.version,
            org: person.org.clone(),
            reason: None,
            effects: Effects { events, unchanged: super::relied_on(situation), ..Effects::default() },
        })
    }

    fn is_fault(refusal: &AccessRefusal) -> bool {
        matches!(refusal, AccessRefusal::WindowOver)
    }
}
