//! The first address of a person.

use std::sync::Arc;

use async_trait::async_trait;

use super::create::{is_own, voucher};
use crate::clock::Timestamp;
use crate::commit::ClaimNamespace;
use crate::event::{Actor, StreamId, Version};
use crate::ids::UserId;
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{Unavailable, UserRepository};
use crate::text::EmailAddress;
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};
use crate::user::{self, Person, UpdateEmail, UserRefusal};

/// Gives a person who has none an e-mail address: event `UserEmailUpdated`. The same address again changes nothing, and
/// the answer has no event.
///
/// Refused: [`UserRefusal::EmailExists`], [`UserRefusal::EmailTaken`]. Unknown person: `NotFound`.
pub struct SetFirstEmail {
    commands: Commands,
    users: Arc<dyn UserRepository>,
}

impl SetFirstEmail {
    /// Wires the use case.
    pub fn new(commands: Commands, users: Arc<dyn UserRepository>) -> Self {
        Self { commands, users }
    }

    /// Does it. Who vouches for the address follows from the caller; one a person's token among the credentials was
    /// verified for counts as confirmed, whoever vouches for it.
    pub async fn execute(
        &self,
        request: &Request,
        user: UserId,
        email: EmailAddress,
    ) -> Result<Outcome<Done>, UseCaseError<UserRefusal>> {
        let verified = is_own(&request.caller, Some(&email));
        let voucher = voucher(&request.caller, Some(&email));
        let command = UpdateEmail { email, verified, voucher };
        self.commands.run(&Setting { users: self.users.as_ref(), user, command }, request).await
    }
}

struct Setting<'a> {
    users: &'a dyn UserRepository,
    user: UserId,
    command: UpdateEmail,
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
        let effects = user::update_email(self.command.clone(), person, now)?;
        Ok(Decision { stream, expected: person.version, org: person.org.clone(), reason: None, effects })
    }

    fn taken(&self, namespace: ClaimNamespace) -> Option<UserRefusal> {
        Some(super::taken(namespace))
    }
}
