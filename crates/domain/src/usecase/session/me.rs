//! Who one is.

use std::convert::Infallible;
use std::sync::Arc;

use crate::event::StreamId;
use crate::ids::UserId;
use crate::policy::{Caller, Denied};
use crate::port::UserRepository;
use crate::usecase::UseCaseError;
use crate::user::OwnRecord;

/// Reads the record of whoever is signed in.
pub struct ReadOwn {
    users: Arc<dyn UserRepository>,
}

impl ReadOwn {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>) -> Self {
        Self { users }
    }

    /// Reads it.
    pub async fn execute(&self, caller: &Caller) -> Result<OwnRecord, UseCaseError<Infallible>> {
        self.of(caller.operator.as_ref().ok_or(Denied)?.id).await
    }

    /// Reads the record of somebody who has just signed in.
    pub async fn of(&self, user: UserId) -> Result<OwnRecord, UseCaseError<Infallible>> {
        let own = self.users.own_record(user).await?;
        own.ok_or(UseCaseError::NotFound { stream: StreamId::from(user), replayed: None })
    }
}
