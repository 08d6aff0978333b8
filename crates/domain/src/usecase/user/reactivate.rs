//! Ending a suspension.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::event::{Actor, StreamId, Version};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{Unavailable, UserRepository};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};
use crate::user::{self, Person, ReactivateUser, UserRefusal};

/// Makes a suspended person active again: event `UserReactivated`. Somebody active already is left as is, and the answer
/// has no event. Nothing that the suspension ended comes back.
///
/// Refused: [`UserRefusal::SwitchedOff`]. Unknown person: `NotFound`.
pub struct ReactivatePerson {
    commands: Commands,
    users: Arc<dyn UserRepository>,
}

impl ReactivatePerson {
    /// Wires the use case.
    pub fn new(commands: Commands, users: Arc<dyn UserRepository>) -> Self {
        Self { commands, users }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        command: ReactivateUser,
    ) -> Result<Outcome<Done>, UseCaseError<UserRefusal>> {
        self.commands.run(&Reactivating { users: self.users.as_ref(), command }, request).await
    }
}

struct Reactivating<'a> {
    users: &'a dyn UserRepository,
    command: ReactivateUser,
}

#[async_trait]
impl Command for Reactivating<'_> {
    type State = Option<Person>;
    type Refusal = UserRefusal;

    async fn load(&self) -> Result<Option<Person>, Unavailable> {
        self.users.find(self.command.user).await
    }

    fn authorise(&self, caller: &Caller, person: &Option<Person>) -> Result<Actor, Denied> {
        let org = person.as_ref().map(|person| &person.org);
        allows(caller, Action::SuspendUser, Resource::Person { id: self.command.user, org })
    }

    fn version(&self, person: &Option<Person>) -> Version {
        person.as_ref().map(|person| person.version).unwrap_or_default()
    }

    fn decide(&self, person: &Option<Person>, now: Timestamp) -> Result<Decision, Against<UserRefusal>> {
        let stream = StreamId::from(self.command.user);
        let Some(person) = person else { return Err(Against::NotFound(stream)) };
        Ok(Decision {
            stream,
            expected: person.version,
            org: person.org.clone(),
            reason: Some(self.command.reason.clone()),
            effects: user::reactivate(&self.command, person, now)?,
        })
    }
}
