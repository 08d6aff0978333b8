//! Keys of end-to-end encryption, of which there are none here.

use std::sync::Arc;

use thiserror::Error;

use super::{AccountName, FindAccount, Nobody};
use crate::policy::{Action, Denied, Resource, allows};
use crate::port::UserRepository;
use crate::totp::{Challenge, Proof};
use crate::usecase::totp::{Remembering, SecondFactorGate};
use crate::usecase::{Request, UseCaseError};

/// Why keys are not reset, in the order of the gates.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResetKeysRefusal {
    /// The caller's own second factor is not proved.
    #[error("a second factor is needed")]
    SecondFactor(Challenge),
    /// Nobody is found.
    #[error(transparent)]
    Nobody(#[from] Nobody),
    /// The caller may not do this to others.
    #[error("Not allowed")]
    NotAllowed,
}

/// Answers as if keys were reset. There are none to reset, so nothing is written; but who may not is told so, and a code
/// of the second factor is spent.
pub struct ResetE2eKeys {
    gate: SecondFactorGate,
    find: FindAccount,
}

impl ResetE2eKeys {
    /// Wires the use case.
    pub fn new(users: Arc<dyn UserRepository>, gate: SecondFactorGate) -> Self {
        Self { gate, find: FindAccount::new(users) }
    }

    /// Second factor of the caller, then target, then permission; nobody named: the caller's own keys, which needs none.
    pub async fn execute(
        &self,
        request: &Request,
        target: Option<&AccountName>,
        proof: &Proof,
    ) -> Result<(), UseCaseError<ResetKeysRefusal>> {
        let caller = request.caller.operator.as_ref().ok_or(Denied)?.id;
        self.gate
            .pass(request, caller, proof, Remembering::Forbidden)
            .await
            .map_err(|error| error.among(ResetKeysRefusal::SecondFactor))?;
        let Some(target) = target else { return Ok(()) };
        self.find.execute(target).await?.map_err(|nobody| refused(nobody.into()))?;
        match allows(&request.caller, Action::ResetOtherE2eKeys, Resource::Service) {
            Ok(_) => Ok(()),
            Err(Denied) => Err(refused(ResetKeysRefusal::NotAllowed)),
        }
    }
}

const fn refused(refusal: ResetKeysRefusal) -> UseCaseError<ResetKeysRefusal> {
    UseCaseError::Refused { refusal, replayed: None }
}
