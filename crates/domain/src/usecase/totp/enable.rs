//! Beginning an enrolment.

use std::sync::Arc;

use async_trait::async_trait;

use super::own::{self, OwnState};
use crate::clock::Timestamp;
use crate::event::{Actor, Version};
use crate::ids::UserId;
use crate::policy::{Caller, Denied};
use crate::port::{TotpCodes, TotpStore, Unavailable, UserRepository};
use crate::secret::Secret;
use crate::totp::{self, TotpRefusal, TotpSecret};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Request, UseCaseError};

/// What a person needs to set up an authenticator app; shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunEnrolment {
    /// The secret.
    pub secret: TotpSecret,
    /// The secret as an `otpauth://` URL.
    pub url: Secret<String>,
}

/// Begins a TOTP enrolment of whoever is signed in: a new secret each time, until one is confirmed. No event.
///
/// Refused: [`TotpRefusal::AlreadyEnabled`].
pub struct EnableTotp {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
    codes: Arc<dyn TotpCodes>,
}

impl EnableTotp {
    /// Wires the use case.
    pub fn new(
        commands: Commands,
        users: Arc<dyn UserRepository>,
        factors: Arc<dyn TotpStore>,
        codes: Arc<dyn TotpCodes>,
    ) -> Self {
        Self { commands, users, factors, codes }
    }

    /// Does it.
    pub async fn execute(&self, request: &Request) -> Result<BegunEnrolment, UseCaseError<TotpRefusal>> {
        let user = own::operator(&request.caller)?.id;
        let secret = self.codes.new_secret(self.commands.entropy.as_ref());
        let enabling =
            Enabling { users: self.users.as_ref(), factors: self.factors.as_ref(), user, secret: secret.clone() };
        self.commands.run(&enabling, request).await?;
        let factor = self.factors.find(user).await?;
        let name = factor.username.ok_or(Denied)?;
        let url = Secret::new(self.codes.provisioning_url(&secret, &name));
        Ok(BegunEnrolment { secret, url })
    }
}

struct Enabling<'a> {
    users: &'a dyn UserRepository,
    factors: &'a dyn TotpStore,
    user: UserId,
    secret: TotpSecret,
}

#[async_trait]
impl Command for Enabling<'_> {
    type State = OwnState;
    type Refusal = TotpRefusal;

    async fn load(&self) -> Result<OwnState, Unavailable> {
        own::load(self.users, self.factors, self.user).await
    }

    fn authorise(&self, caller: &Caller, _: &OwnState) -> Result<Actor, Denied> {
        own::authorise(caller, self.user)
    }

    fn version(&self, state: &OwnState) -> Version {
        state.person.as_ref().map(|person| person.version).unwrap_or_default()
    }

    fn decide(&self, state: &OwnState, _now: Timestamp) -> Result<Decision, Against<TotpRefusal>> {
        own::decision(state, totp::enable(&state.factor, self.secret.clone())?)
    }
}
