//! Clearing a second factor.

use std::sync::Arc;

use thiserror::Error;

use super::clear::{Clearing, NeverRefused, TotpResetReport};
use super::own;
use super::{Remembering, SecondFactorGate};
use crate::ids::UserId;
use crate::policy::{Action, Resource, allows};
use crate::port::{TotpStore, UserRepository};
use crate::text::{FreeText, UserName};
use crate::totp::{Challenge, Proof};
use crate::usecase::command::Commands;
use crate::usecase::user::{AccountName, FindAccount, Nobody};
use crate::usecase::{Done, Outcome, Request, UseCaseError};

/// Why a second factor is not cleared, in the order of the gates.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResetTotpRefusal {
    /// The caller's own second factor is not proved.
    #[error("a second factor is needed")]
    SecondFactor(Challenge),
    /// The caller may not do this to others.
    #[error("Not allowed")]
    NotAllowed,
    /// Two-factor authentication is switched off as a whole.
    #[error("Two factor authentication is not enabled")]
    TwoFactorDisabled,
    /// Nobody is found.
    #[error(transparent)]
    Nobody(#[from] Nobody),
}

/// Clears a person's TOTP whole, ends all the person's sessions, and tells the person at a verified address: event
/// `TotpReset`. Where there is nothing to clear nothing happens, and the answer has no event.
pub struct ResetTotp {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    find: FindAccount,
    factors: Arc<dyn TotpStore>,
    gate: SecondFactorGate,
}

impl ResetTotp {
    /// Wires the use case.
    pub fn new(
        commands: Commands,
        users: Arc<dyn UserRepository>,
        factors: Arc<dyn TotpStore>,
        gate: SecondFactorGate,
    ) -> Self {
        Self { commands, find: FindAccount::new(Arc::clone(&users)), users, factors, gate }
    }

    /// For somebody signed in: second factor of the caller, permission, setting, target, in this order. Nobody named: the
    /// caller's own, which needs neither permission nor setting.
    pub async fn execute(
        &self,
        request: &Request,
        target: Option<&AccountName>,
        proof: &Proof,
    ) -> Result<Outcome<Done>, UseCaseError<ResetTotpRefusal>> {
        let caller = own::operator(&request.caller)?.id;
        self.gate
            .pass(request, caller, proof, Remembering::Forbidden)
            .await
            .map_err(|error| error.among(ResetTotpRefusal::SecondFactor))?;
        let (user, action) = match target {
            None => (caller, Action::ManageOwnTotp),
            Some(name) => {
                if allows(&request.caller, Action::ResetOtherTotp, Resource::Service).is_err() {
                    return Err(refused(ResetTotpRefusal::NotAllowed));
                }
                if !self.gate.policy().enabled {
                    return Err(refused(ResetTotpRefusal::TwoFactorDisabled));
                }
                let person = self.find.execute(name).await?.map_err(|nobody| refused(nobody.into()))?;
                (person.id, Action::ResetOtherTotp)
            }
        };
        let cleared = self.clear(request, user, action, None).await.map_err(unconditional)?;
        Ok(Outcome { value: cleared.value.done, replayed: cleared.replayed })
    }

    /// For the command line: by user name, with a reason, without a second factor.
    pub async fn by_name(
        &self,
        request: &Request,
        name: &UserName,
        reason: Option<FreeText>,
    ) -> Result<Outcome<TotpResetReport>, UseCaseError<ResetTotpRefusal>> {
        allows(&request.caller, Action::ResetOtherTotp, Resource::Service)?;
        let person = self.users.find_by_name(name).await?;
        let person = person.ok_or_else(|| refused(Nobody::Unknown.into()))?;
        self.clear(request, person.id, Action::ResetOtherTotp, reason).await.map_err(unconditional)
    }

    /// For staff: by id, with a reason, on the conditions of the request. Two credentials stand behind it already, so
    /// neither a second factor nor the global setting is asked about. Somebody without an account has nothing to clear.
    pub async fn by_staff(
        &self,
        request: &Request,
        user: UserId,
        reason: FreeText,
    ) -> Result<Outcome<TotpResetReport>, UseCaseError<NeverRefused>> {
        self.clear(request, user, Action::ResetOtherTotp, Some(reason)).await
    }

    async fn clear(
        &self,
        request: &Request,
        user: UserId,
        action: Action,
        reason: Option<FreeText>,
    ) -> Result<Outcome<TotpResetReport>, UseCaseError<NeverRefused>> {
        let ports = (self.users.as_ref(), self.factors.as_ref());
        let clearing = Clearing::new(&self.commands, ports, &request.caller, (user, action), reason)?;
        self.commands.run_telling(&clearing, request, |settled| clearing.report(settled)).await
    }
}

/// Where neither conditions nor repeats are known.
fn unconditional(error: UseCaseError<NeverRefused>) -> UseCaseError<ResetTotpRefusal> {
    match error {
        UseCaseError::NotFound { .. } => refused(Nobody::Unknown.into()),
        UseCaseError::Refused { refusal, .. } => match refusal {},
        UseCaseError::Denied(denied) => denied.into(),
        UseCaseError::Unavailable(unavailable) => unavailable.into(),
        UseCaseError::Stale | UseCaseError::KeyReused | UseCaseError::Conflict => UseCaseError::Conflict,
    }
}

const fn refused(refusal: ResetTotpRefusal) -> UseCaseError<ResetTotpRefusal> {
    UseCaseError::Refused { refusal, replayed: None }
}
