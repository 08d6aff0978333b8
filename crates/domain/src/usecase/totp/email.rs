//! Codes by e-mail: switching them on and off, and having one sent.

use std::convert::Infallible;
use std::sync::Arc;

use super::own::{self, OwnCommand};
use super::{GateRefusal, Remembering, SecondFactorGate};
use crate::commit::Effects;
use crate::event::Actor;
use crate::ids::UserId;
use crate::port::{LoginName, TotpStore, UserRepository};
use crate::totp::{self, Proof, SecondFactor, TotpRefusal};
use crate::usecase::command::NotWritten;
use crate::usecase::{Commands, Request, UseCaseError};
use crate::user::{Person, UserStatus};

/// Switches codes by e-mail on for whoever is signed in: event `EmailFactorEnabled`. The other sign-ins end.
///
/// Refused: [`TotpRefusal::AddressNotVerified`].
pub struct EnableEmailFactor {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
}

impl EnableEmailFactor {
    /// Wires the use case.
    pub fn new(commands: Commands, users: Arc<dyn UserRepository>, factors: Arc<dyn TotpStore>) -> Self {
        Self { commands, users, factors }
    }

    /// Does it.
    pub async fn execute(&self, request: &Request) -> Result<(), UseCaseError<TotpRefusal>> {
        let operator = own::operator(&request.caller)?;
        let enabling = OwnCommand {
            users: self.users.as_ref(),
            factors: self.factors.as_ref(),
            user: operator.id,
            decide: |factor: &SecondFactor, _| totp::enable_email(factor, operator.session),
        };
        self.commands.run(&enabling, request).await.map(|_| ())
    }
}

/// Switches codes by e-mail off for whoever is signed in and proves a second factor now: event `EmailFactorDisabled`.
pub struct DisableEmailFactor {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
    gate: SecondFactorGate,
}

impl DisableEmailFactor {
    /// Wires the use case.
    pub fn new(
        commands: Commands,
        users: Arc<dyn UserRepository>,
        factors: Arc<dyn TotpStore>,
        gate: SecondFactorGate,
    ) -> Self {
        Self { commands, users, factors, gate }
    }

    /// Does it.
    pub async fn execute(&self, request: &Request, proof: &Proof) -> Result<(), UseCaseError<GateRefusal>> {
        let user = own::operator(&request.caller)?.id;
        self.gate.pass(request, user, proof, Remembering::Forbidden).await?;
        let disabling = OwnCommand {
            users: self.users.as_ref(),
            factors: self.factors.as_ref(),
            user,
            decide: |factor: &SecondFactor, _| Ok(totp::disable_email(factor)),
        };
        match self.commands.run(&disabling, request).await {
            Ok(_) => Ok(()),
            Err(UseCaseError::Denied(denied)) => Err(denied.into()),
            Err(UseCaseError::NotFound { stream, replayed }) => Err(UseCaseError::NotFound { stream, replayed }),
            Err(UseCaseError::Unavailable(unavailable)) => Err(unavailable.into()),
            Err(_) => Err(UseCaseError::Conflict),
        }
    }
}

/// Mails a code to somebody who is about to sign in and got none. Nobody learns whether there is such an account, or whether
/// a code was mailed: the steps are the same, with one slow hash and one commit, whoever is named.
///
/// While a code is good, another one is mailed once and no sooner than a minute after it, so that nobody can fill a
/// stranger's mailbox.
pub struct SendEmailCode {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    gate: SecondFactorGate,
}

impl SendEmailCode {
    /// Wires the use case.
    pub fn new(commands: Commands, users: Arc<dyn UserRepository>, gate: SecondFactorGate) -> Self {
        Self { commands, users, gate }
    }

    /// Does it; no name = one nobody can have.
    pub async fn execute(&self, request: &Request, login: Option<&LoginName>) -> Result<(), UseCaseError<Infallible>> {
        let found = match login {
            Some(LoginName::UserName(name)) => self.users.find_by_name(name).await?,
            Some(LoginName::Email(address)) => self.users.find_by_address(address).await?,
            None => self.users.find(UserId::NOBODY).await?,
        };
        let may_sign_in = |person: &Person| person.account.is_some() && person.status == UserStatus::Active;
        let user = found.filter(may_sign_in).map_or(UserId::NOBODY, |person| person.id);
        let state = self.gate.load(user).await?;
        let (now, policy) = (self.commands.clock.now(), self.gate.policy());
        let new = self.gate.new_email_code(now).await?;
        let effects = if policy.enabled && state.gets_email_code_again(now, policy) {
            totp::mail_email_code(&state, &new, now, policy).map(|(_, effects)| effects).unwrap_or_default()
        } else {
            Effects::default()
        };
        match self.commands.write(request, Actor::system("email-code"), effects, now).await {
            Err(NotWritten::Unavailable(unavailable)) => Err(unavailable.into()),
            // Lost to another code that was mailed, or a wrong one that was counted: asking again does no harm.
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
