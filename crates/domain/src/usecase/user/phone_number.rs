//! A person's phone number.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::commit::ClaimNamespace;
use crate::event::{Actor, StreamId, Version};
use crate::ids::UserId;
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{Unavailable, UserRepository};
use crate::text::PhoneNumber;
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};
use crate::user::{self, Person, UserRefusal};

/// Sets, replaces or takes away a person's phone number: event `UserPhoneNumberUpdated`. The same again changes nothing,
/// and the answer has no event.
///
/// Refused: [`UserRefusal::PhoneNumberTaken`]. Unknown person: `NotFound`.
pub struct SetPhoneNumber {
    commands: Commands,
    users: Arc<dyn UserRepository>,
}

impl SetPhoneNumber {
    /// Wires the use case.
    pub fn new(commands: Commands, users: Arc<dyn UserRepository>) -> Self {
        Self { commands, users }
    }

    /// Does it; no number takes away the one there is.
    pub async fn execute(
        &self,
        request: &Request,
        user: UserId,
        number: Option<PhoneNumber>,
    ) -> Result<Outcome<Done>, UseCaseError<UserRefusal>> {
        self.commands.run(&Setting { users: self.users.as_ref(), user, number }, request).await
    }
}

struct Setting<'a> {
    users: &'a dyn UserRepository,
    user: UserId,
    number: Option<PhoneNumber>,
}

#[async_trait]
impl Command for Setting<'_> {
    type State = Option<Person>;
    type Refusal = UserRefusal;

    async fn load(&self) -> Result<Option<Person>, Unavailable> {
        self.users.find(self.user).await
    }

    fn authorise(&self, caller: &Caller, person: &Option<Person>) -> Result<Actor, Denied> {
        let org = person.as_ref().map(|person| &person.org);
        allows(caller, Action::EditContact, Resource::Person { id: self.user, org })
    }

    fn version(&self, person: &Option<Person>) -> Version {
        person.as_ref().map(|person| person.version).unwrap_or_default()
    }

    fn decide(&self, person: &Option<Person>, now: Timestamp) -> Result<Decision, Against<UserRefusal>> {
        let stream = StreamId::from(self.user);
        let Some(person) = person else { return Err(Against::NotFound(stream)) };
        let effects = user::update_phone_number(self.number.clone(), person, now);
        Ok(Decision { stream, expected: person.version, org: person.org.clone(), reason: None, effects })
    }

    fn taken(&self, namespace: ClaimNamespace) -> Option<UserRefusal> {
        Some(super::taken(namespace))
    }
}
