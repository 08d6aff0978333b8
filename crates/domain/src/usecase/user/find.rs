//! Finding a person by address or phone number, and making one where there is none.

use std::sync::Arc;

use thiserror::Error;

use super::{CreatePerson, PersonOrder};
use crate::ids::UserId;
use crate::policy::{Action, Resource, allows};
use crate::port::{Clock, Entropy, Unavailable, UserRepository};
use crate::text::{EmailAddress, PhoneNumber};
use crate::usecase::{Done, Outcome, Request, UseCaseError};
use crate::user::{Person, UserRefusal};

/// Rounds before giving up: each but the last made or met the person, who was gone from the key when looked for again.
const ROUNDS: u32 = 8;

/// By what a person is looked for; each names one person at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonKey {
    /// By address.
    Email(EmailAddress),
    /// By phone number; the address is for the person to be made.
    PhoneNumber(PhoneNumber, Option<EmailAddress>),
}

/// Whom to find, and what to do when there is nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonQuery {
    /// By what.
    pub key: PersonKey,
    /// The id of the person to be made; without one it is made here. Of no account when somebody is found.
    pub user: Option<UserId>,
    /// Is nobody to be made?
    pub search_only: bool,
}

/// Why nobody is answered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FindRefusal {
    /// There is nobody, and nobody was to be made.
    #[error("No user has this e-mail address or phone number")]
    Nobody,
    /// The id for the person to be made is somebody's.
    #[error("The uuid is already in use")]
    IdTaken,
    /// The person could not be made.
    #[error(transparent)]
    NotMade(#[from] UserRefusal),
}

/// Finds a person by address or phone number; makes one, as [`CreatePerson`] does, when there is nobody. Of calls that
/// race one makes the person, and all answer it.
///
/// Refused: [`FindRefusal`]. Who may not see whoever is found is denied in the same way as who may not make anybody: a
/// person who exists learns of others neither that they are there nor that they are not.
pub struct FindOrCreatePerson {
    users: Arc<dyn UserRepository>,
    create: CreatePerson,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl FindOrCreatePerson {
    /// Wires the use case.
    pub fn new(
        users: Arc<dyn UserRepository>,
        create: CreatePerson,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { users, create, clock, entropy }
    }

    /// Does it.
    pub async fn execute(&self, request: &Request, query: &PersonQuery) -> Result<Person, UseCaseError<FindRefusal>> {
        let refused = |refusal| UseCaseError::Refused { refusal, replayed: None };
        for _ in 0..ROUNDS {
            if let Some(person) = self.find(&query.key).await? {
                let found = Resource::Person { id: person.id, org: Some(&person.org) };
                allows(&request.caller, Action::FindUser, found)?;
                return Ok(person);
            }
            if query.search_only {
                allows(&request.caller, Action::FindUser, Resource::Service)?;
                return Err(refused(FindRefusal::Nobody));
            }
            if let Some(obstacle) = self.make(request, query).await?
                // Whoever was quicker may have made the very person.
                && self.find(&query.key).await?.is_none()
            {
                if obstacle == FindRefusal::IdTaken {
                    // Tells that nobody was found, as the answer to a mere search does.
                    allows(&request.caller, Action::FindUser, Resource::Service)?;
                }
                return Err(refused(obstacle));
            }
        }
        Err(UseCaseError::Conflict)
    }

    async fn find(&self, key: &PersonKey) -> Result<Option<Person>, Unavailable> {
        match key {
            PersonKey::Email(email) => self.users.find_by_address(email).await,
            PersonKey::PhoneNumber(number, _) => self.users.find_by_phone_number(number).await,
        }
    }

    /// Makes the person, or says what stands in the way.
    async fn make(
        &self,
        request: &Request,
        query: &PersonQuery,
    ) -> Result<Option<FindRefusal>, UseCaseError<FindRefusal>> {
        let (email, phone_number) = match &query.key {
            PersonKey::Email(email) => (Some(email.clone()), None),
            PersonKey::PhoneNumber(number, email) => (email.clone(), Some(number.clone())),
        };
        let new_id = || UserId::new(self.clock.now(), self.entropy.as_ref());
        let user = query.user.unwrap_or_else(new_id);
        let order = PersonOrder { user, email, first_name: None, last_name: None, phone_number };
        match self.create.execute(request, order).await {
            Ok(Outcome { value: Done { event: Some(_), .. }, .. }) => Ok(None),
            Ok(_) => Ok(Some(FindRefusal::IdTaken)),
            Err(UseCaseError::Refused { refusal, .. }) => Ok(Some(refusal.into())),
            Err(UseCaseError::Denied(denied)) => Err(denied.into()),
            Err(UseCaseError::NotFound { stream, replayed }) => Err(UseCaseError::NotFound { stream, replayed }),
            Err(UseCaseError::Stale) => Err(UseCaseError::Stale),
            Err(UseCaseError::KeyReused) => Err(UseCaseError::KeyReused),
            Err(UseCaseError::Conflict) => Err(UseCaseError::Conflict),
            Err(UseCaseError::Unavailable(unavailable)) => Err(unavailable.into()),
        }
    }
}
