//! Beginning an enrolment.

use std::sync::Arc;

use super::own::{self, OwnCommand};
use crate::policy::Denied;
use crate::port::{TotpCodes, TotpStore, UserRepository};
use crate::secret::Secret;
use crate::totp::{self, SecondFactor, TotpRefusal, TotpSecret};
use crate::usecase::{Commands, Request, UseCaseError};

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
        let enabling = OwnCommand {
            users: self.users.as_ref(),
            factors: self.factors.as_ref(),
            user,
            decide: |factor: &SecondFactor, _| totp::enable(factor, secret.clone()),
        };
        self.commands.run(&enabling, request).await?;
        let factor = self.factors.find(user).await?;
        let name = factor.username.ok_or(Denied)?;
        let url = Secret::new(self.codes.provisioning_url(&secret, &name));
        Ok(BegunEnrolment { secret, url })
    }
}
