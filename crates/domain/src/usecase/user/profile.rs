//! Reading a person.

use std::convert::Infallible;
use std::sync::Arc;

use crate::event::StreamId;
use crate::ids::UserId;
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::UserRepository;
use crate::usecase::UseCaseError;
use crate::user::Person;

/// Reads a person with profile and account.
pub struct ReadProfile {
    users: Arc<dyn UserRepository>,
}

impl ReadProfile {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>) -> Self {
        Self { users }
    }

    /// Reads it.
    pub async fn execute(&self, caller: &Caller, user: UserId) -> Result<Person, UseCaseError<Infallible>> {
        let person = self.users.find(user).await?;
        let org = person.as_ref().map(|person| &person.org);
        allows(caller, Action::ReadProfile, Resource::Person { id: user, org })?;
        person.ok_or(UseCaseError::NotFound { stream: StreamId::from(user), replayed: None })
    }
}
