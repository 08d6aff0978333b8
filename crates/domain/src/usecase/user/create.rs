//! Making a person.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::commit::{ClaimNamespace, Effects};
use crate::event::{Actor, StreamId, Version};
use crate::ids::OrgId;
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{Unavailable, UserRepository};
use crate::text::EmailAddress;
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};
use crate::user::{self, CreateUser, Person, UserRefusal, Voucher};

/// Makes a person: event `UserCreated`. A person who exists already is left as is, and the answer has no event.
///
/// Refused: [`UserRefusal::EmailTaken`].
pub struct CreatePerson {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    default_org: OrgId,
}

impl CreatePerson {
    /// Wires the use case; people made without an organisation belong to `default_org`.
    pub fn new(commands: Commands, users: Arc<dyn UserRepository>, default_org: OrgId) -> Self {
        Self { commands, users, default_org }
    }

    /// Does it. Who vouches for the address follows from the caller, whatever the command says; an address the caller's
    /// own token was verified for counts as confirmed.
    pub async fn execute(
        &self,
        request: &Request,
        mut command: CreateUser,
    ) -> Result<Outcome<Done>, UseCaseError<UserRefusal>> {
        let org = request.caller.organisation.as_ref().map_or(&self.default_org, |key| &key.org).clone();
        command.email_voucher = voucher(&request.caller, command.email.as_ref());
        command.email_verified = command.email_voucher == Voucher::Token;
        self.commands.run(&Creating { users: self.users.as_ref(), command, org }, request).await
    }
}

/// Who stands for an address a caller sets: staff and super keys by their office, a token by its verified address.
pub(super) fn voucher(caller: &Caller, email: Option<&EmailAddress>) -> Voucher {
    if let Ok(actor) = allows(caller, Action::VouchForAddress, Resource::Service) {
        return Voucher::Authority { actor };
    }
    let own = caller.user.as_ref().and_then(|user| user.verified_email.as_ref());
    if email.is_some() && own == email { Voucher::Token } else { Voucher::Nobody }
}

struct Creating<'a> {
    users: &'a dyn UserRepository,
    command: CreateUser,
    org: OrgId,
}

#[async_trait]
impl Command for Creating<'_> {
    type State = Option<Person>;
    type Refusal = UserRefusal;

    async fn load(&self) -> Result<Option<Person>, Unavailable> {
        self.users.find(self.command.user).await
    }

    fn authorise(&self, caller: &Caller, existing: &Option<Person>) -> Result<Actor, Denied> {
        let org = existing.as_ref().map(|person| &person.org);
        allows(caller, Action::CreateUser, Resource::Person { id: self.command.user, org })
    }

    fn version(&self, existing: &Option<Person>) -> Version {
        existing.as_ref().map(|person| person.version).unwrap_or_default()
    }

    fn decide(&self, existing: &Option<Person>, now: Timestamp) -> Result<Decision, Against<UserRefusal>> {
        let (expected, effects) = match existing {
            Some(person) => (person.version, Effects::default()),
            None => (Version::NONE, user::create(self.command.clone(), now)),
        };
        Ok(Decision {
            stream: StreamId::from(self.command.user),
            expected,
            org: self.org.clone(),
            reason: None,
            effects,
        })
    }

    fn taken(&self, namespace: ClaimNamespace) -> Option<UserRefusal> {
        Some(super::taken(namespace))
    }
}
