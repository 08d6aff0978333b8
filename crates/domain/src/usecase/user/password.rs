//! A new password for an account.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::event::{Actor, StreamId, Version};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{Hasher, TotpStore, Unavailable, UserRepository};
use crate::text::{FreeText, UserName};
use crate::totp::SecondFactor;
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};
use crate::user::{self, PasswordDigest, PasswordHash, Person, UserRefusal};

/// Sets an account's password and ends all its sessions: event `PasswordSet`. For the command line: the way back in.
///
/// Refused: [`UserRefusal::NoAccount`] when no account has the name.
pub struct SetPassword {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
    hasher: Arc<dyn Hasher>,
}

impl SetPassword {
    /// Wires the use case.
    pub fn new(
        commands: Commands,
        users: Arc<dyn UserRepository>,
        factors: Arc<dyn TotpStore>,
        hasher: Arc<dyn Hasher>,
    ) -> Self {
        Self { commands, users, factors, hasher }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        name: &UserName,
        password: &PasswordDigest,
        reason: Option<FreeText>,
    ) -> Result<Outcome<Done>, UseCaseError<UserRefusal>> {
        let hash = self.hasher.hash_password(password).await?;
        let setting = Setting { users: self.users.as_ref(), factors: self.factors.as_ref(), name, hash, reason };
        self.commands.run(&setting, request).await
    }
}

struct Setting<'a> {
    users: &'a dyn UserRepository,
    factors: &'a dyn TotpStore,
    name: &'a UserName,
    hash: PasswordHash,
    reason: Option<FreeText>,
}

#[async_trait]
impl Command for Setting<'_> {
    type State = Option<(Person, SecondFactor)>;
    type Refusal = UserRefusal;

    async fn load(&self) -> Result<Self::State, Unavailable> {
        let Some(person) = self.users.find_by_name(self.name).await? else { return Ok(None) };
        let factor = self.factors.find(person.id).await?;
        Ok(Some((person, factor)))
    }

    fn authorise(&self, caller: &Caller, _: &Self::State) -> Result<Actor, Denied> {
        allows(caller, Action::EditAccount, Resource::Service)
    }

    fn version(&self, state: &Self::State) -> Version {
        state.as_ref().map(|(person, _)| person.version).unwrap_or_default()
    }

    fn decide(&self, state: &Self::State, _now: Timestamp) -> Result<Decision, Against<UserRefusal>> {
        let (person, factor) = state.as_ref().ok_or(UserRefusal::NoAccount)?;
        Ok(Decision {
            stream: StreamId::from(person.id),
            expected: person.version,
            org: person.org.clone(),
            reason: self.reason.clone(),
            effects: user::set_password(person, self.hash.clone(), factor.sessions, factor.epoch)?,
        })
    }
}
