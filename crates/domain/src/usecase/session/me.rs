//! Who one is.

use std::convert::Infallible;
use std::sync::Arc;

use crate::event::StreamId;
use crate::ids::UserId;
use crate::policy::{Caller, Denied};
use crate::port::{TotpStore, UserRepository};
use crate::usecase::UseCaseError;
use crate::user::Person;

/// One's own record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The person.
    pub person: Person,
    /// Is there a password?
    pub has_password: bool,
    /// Is TOTP in use?
    pub has_totp: bool,
    /// Are codes by e-mail switched on?
    pub has_email_factor: bool,
}

/// Reads the record of whoever is signed in.
pub struct ReadOwn {
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
}

impl ReadOwn {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>, factors: Arc<dyn TotpStore>) -> Self {
        Self { users, factors }
    }

    /// Reads it.
    pub async fn execute(&self, caller: &Caller) -> Result<Own, UseCaseError<Infallible>> {
        self.of(caller.operator.as_ref().ok_or(Denied)?.id).await
    }

    /// Reads the record of somebody who has just signed in.
    pub async fn of(&self, user: UserId) -> Result<Own, UseCaseError<Infallible>> {
        let person = self.users.find(user).await?;
        let person = person.ok_or(UseCaseError::NotFound { stream: StreamId::from(user), replayed: None })?;
        let factor = self.factors.find(user).await?;
        Ok(Own {
            person,
            has_password: factor.password.is_some(),
            has_totp: factor.live_secret().is_some(),
            has_email_factor: factor.email.enabled,
        })
    }
}
