//! Giving up TOTP.

use std::sync::Arc;

use async_trait::async_trait;

use super::own::{self, OwnState};
use super::{GateRefusal, SecondFactorGate};
use crate::clock::Timestamp;
use crate::event::{Actor, Version};
use crate::ids::UserId;
use crate::policy::{Caller, Denied};
use crate::port::{TotpStore, Unavailable, UserRepository};
use crate::secret::Secret;
use crate::totp::{self, ChallengeKind, TotpRefusal};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Request, UseCaseError};

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
        let disabling = Disabling { users: self.users.as_ref(), factors: self.factors.as_ref(), user };
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
    let refused = |refusal| UseCaseError::Refused { refusal, replayed: None };
    if gate.load(user).await?.live_secret().is_none() {
        return Err(refused(TotpRefusal::InvalidCode));
    }
    match gate.prove_totp(request, user, code).await {
        Ok(()) => Ok(()),
        Err(UseCaseError::Refused { refusal: GateRefusal(told), .. }) => Err(refused(match told.kind {
            ChallengeKind::TooManyFailures => TotpRefusal::TooManyFailures,
            ChallengeKind::Required | ChallengeKind::Invalid => TotpRefusal::InvalidCode,
        })),
        Err(UseCaseError::Unavailable(unavailable)) => Err(unavailable.into()),
        Err(_) => Err(UseCaseError::Conflict),
    }
}

struct Disabling<'a> {
    users: &'a dyn UserRepository,
    factors: &'a dyn TotpStore,
    user: UserId,
}

#[async_trait]
impl Command for Disabling<'_> {
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
        own::decision(state, totp::disable(&state.factor)?)
    }
}
