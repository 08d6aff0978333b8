//! Giving up TOTP.

use std::sync::Arc;

use super::SecondFactorGate;
use super::own::{self, OwnCommand};
use crate::ids::UserId;
use crate::port::{TotpStore, UserRepository};
use crate::secret::Secret;
use crate::totp::{self, ChallengeKind, SecondFactor, TotpRefusal};
use crate::usecase::{Commands, Request, UseCaseError};

/// Switches the TOTP of whoever is signed in off, with a code: event `TotpDisabled`.
///
/// Refused: [`TotpRefusal::InvalidCode`], also when TOTP is not in use; [`TotpRefusal::TooManyFailures`].
pub struct DisableTotp {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
    gate: SecondFactorGate,
}

impl DisableTotp {
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
    pub async fn execute(&self, request: &Request, code: &Secret<String>) -> Result<(), UseCaseError<TotpRefusal>> {
        let user = own::operator(&request.caller)?.id;
        prove(&self.gate, request, user, code).await?;
        let disabling = OwnCommand {
            users: self.users.as_ref(),
            factors: self.factors.as_ref(),
            user,
            decide: |factor: &SecondFactor, _| totp::disable(factor),
        };
        self.commands.run(&disabling, request).await.map(|_| ())
    }
}

/// Proves TOTP itself, whatever else the person could prove; not enrolled = wrong.
pub(super) async fn prove(
    gate: &SecondFactorGate,
    request: &Request,
    user: UserId,
    code: &Secret<String>,
) -> Result<(), UseCaseError<TotpRefusal>> {
    if gate.load(user).await?.live_secret().is_none() {
        return Err(UseCaseError::Refused { refusal: TotpRefusal::InvalidCode, replayed: None });
    }
    let proved = gate.prove_totp(request, user, code).await;
    proved.map_err(|error| {
        error.among(|told| match told.kind {
            ChallengeKind::TooManyFailures => TotpRefusal::TooManyFailures,
            ChallengeKind::Required | ChallengeKind::Invalid => TotpRefusal::InvalidCode,
        })
    })
}
