//! Which locks a person owns.

use std::convert::Infallible;
use std::sync::Arc;

use crate::event::StreamId;
use crate::ids::UserId;
use crate::lock::Lock;
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::{LockAccess, UserRepository};
use crate::usecase::UseCaseError;

/// Reads which locks a person owns, whatever organisation they belong to, in the order of their ids.
///
/// Unknown person: `NotFound`.
pub struct OwnedLocks {
    users: Arc<dyn UserRepository>,
    locks: Arc<dyn LockAccess>,
}

impl OwnedLocks {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>, locks: Arc<dyn LockAccess>) -> Self {
        Self { users, locks }
    }

    /// Reads it.
    pub async fn execute(&self, caller: &Caller, user: UserId) -> Result<Vec<Lock>, UseCaseError<Infallible>> {
        let person = self.users.find(user).await?;
        let org = person.as_ref().map(|person| &person.org);
        allows(caller, Action::ListOwnedLocks, Resource::Person { id: user, org })?;
        if person.is_none() {
            return Err(UseCaseError::NotFound { stream: StreamId::from(user), replayed: None });
        }
        Ok(self.locks.owned_by(user).await?)
    }
}
