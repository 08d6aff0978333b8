//! Making a person.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::commit::{ClaimNamespace, Effects};
use crate::event::{Actor, StreamId, Version};
use crate::ids::{OrgId, UserId};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{Unavailable, UserRepository};
use crate::text::{EmailAddress, PhoneNumber};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};
use crate::user::{self, CreateUser, Person, UserRefusal, UserStatus, Voucher};

/// What is ordered of a person.
#[derive(Debug, Clone)]
pub struct PersonOrder {
    /// The person.
    pub user: UserId,
    /// The address, if any.
    pub email: Option<EmailAddress>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// The phone number, if it is to be kept.
    pub phone_number: Option<PhoneNumber>,
}

/// Makes an active person without an account: event `UserCreated`. A person who exists already is left as is, and the answer has no event.
///
/// Refused: [`UserRefusal::EmailTaken`], [`UserRefusal::Deleted`].
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

    /// Does it. Who vouches for the address follows from the caller; an address a person's token among the credentials was
    /// verified for counts as confirmed, whoever vouches for it.
    pub async fn execute(
        &self,
        request: &Request,
        order: PersonOrder,
    ) -> Result<Outcome<Done>, UseCaseError<UserRefusal>> {
        let org = request.caller.organisation.as_ref().map_or(&self.default_org, |key| &key.org).clone();
        let PersonOrder { user, email, first_name, last_name, phone_number } = order;
        let command = CreateUser {
            user,
            status: UserStatus::Active,
            email_verified: is_own(&request.caller, email.as_ref()),
            email_voucher: voucher(&request.caller, email.as_ref()),
            email,
            first_name,
            last_name,
            phone_number,
            account: None,
        };
        self.commands.run(&Creating { users: self.users.as_ref(), command, org }, request).await
    }
}

/// Who stands for an address a caller sets: staff and super keys by their office, a token by its verified address.
pub(super) fn voucher(caller: &Caller, email: Option<&EmailAddress>) -> Voucher {
    if let Ok(actor) = allows(caller, Action::VouchForAddress, Resource::Service) {
        return Voucher::Authority { actor };
    }
    if is_own(caller, email) { Voucher::Token } else { Voucher::Nobody }
}

/// Is it the address a person's token among the credentials was verified for?
pub(super) fn is_own(caller: &Caller, email: Option<&EmailAddress>) -> bool {
    email.is_some() && caller.user.as_ref().and_then(|user| user.verified_email.as_ref()) == email
}

struct Creating<'a> {
    users: &'a dyn UserRepository,
    command: CreateUser,
    org: OrgId,
}

/// Who has the id.
enum Existing {
    Person(Box<Person>),
    Deleted,
    Nobody,
}

impl Existing {
    fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::Deleted | Self::Nobody => None,
        }
    }
}

#[async_trait]
impl Command for Creating<'_> {
    type State = Existing;
    type Refusal = UserRefusal;

    async fn load(&self) -> Result<Existing, Unavailable> {
        let id = self.command.user;
        Ok(match self.users.find(id).await? {
            Some(person) => Existing::Person(Box::new(person)),
            None if self.users.is_deleted(id).await? => Existing::Deleted,
            None => Existing::Nobody,
        })
    }

    fn authorise(&self, caller: &Caller, existing: &Existing) -> Result<Actor, Denied> {
        let org = existing.person().map(|person| &person.org);
        allows(caller, Action::CreateUser, Resource::Person { id: self.command.user, org })
    }

    fn version(&self, existing: &Existing) -> Version {
        existing.person().map(|person| person.version).unwrap_or_default()
    }

    fn decide(&self, existing: &Existing, now: Timestamp) -> Result<Decision, Against<UserRefusal>> {
        let (expected, effects) = match existing {
            Existing::Person(person) => (person.version, Effects::default()),
            Existing::Deleted => return Err(UserRefusal::Deleted.into()),
            Existing::Nobody => (Version::NONE, user::create(self.command.clone(), now)),
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
