//! Confirming an enrolment.

use std::sync::Arc;

use super::own::{self, OwnCommand};
use crate::clock::Timestamp;
use crate::port::{Hasher, TotpCodes, TotpStore, UserRepository};
use crate::secret::Secret;
use crate::totp::{self, SecondFactor, TotpRefusal, generate_backup_codes};
use crate::usecase::{Commands, Request, UseCaseError};

/// Steps of 30 s a first code may be off to either side; a phone whose clock is further off would never sign in.
const MAX_DELTA: u8 = 1;

/// Confirms the pending secret of whoever is signed in with a first code: event `TotpEnrolled`. The other sessions end.
///
/// Refused: [`TotpRefusal::InvalidCode`], also when nothing is pending.
pub struct ConfirmTotp {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
    hasher: Arc<dyn Hasher>,
    codes: Arc<dyn TotpCodes>,
}

impl ConfirmTotp {
    /// Wires the use case.
    pub fn new(
        commands: Commands,
        users: Arc<dyn UserRepository>,
        factors: Arc<dyn TotpStore>,
        hasher: Arc<dyn Hasher>,
        codes: Arc<dyn TotpCodes>,
    ) -> Self {
        Self { commands, users, factors, hasher, codes }
    }

    /// Does it; answers the backup codes, shown once.
    pub async fn execute(
        &self,
        request: &Request,
        code: &Secret<String>,
    ) -> Result<Vec<Secret<String>>, UseCaseError<TotpRefusal>> {
        let operator = own::operator(&request.caller)?;
        // Before the slow hashes, so that a wrong code costs the caller more than the server.
        let factor = self.factors.find(operator.id).await?;
        if self.matched_step(&factor, code, self.commands.clock.now()).is_none() {
            return Err(UseCaseError::Refused { refusal: TotpRefusal::InvalidCode, replayed: None });
        }
        let backup = generate_backup_codes(self.commands.entropy.as_ref());
        let hashes = self.hasher.hash_backup_codes(&backup).await?;
        let confirming = OwnCommand {
            users: self.users.as_ref(),
            factors: self.factors.as_ref(),
            user: operator.id,
            decide: |factor: &SecondFactor, now| {
                let step = self.matched_step(factor, code, now).ok_or(TotpRefusal::InvalidCode)?;
                totp::confirm(factor, step, hashes.clone(), operator.session)
            },
        };
        self.commands.run(&confirming, request).await?;
        Ok(backup)
    }
}

impl ConfirmTotp {
    fn matched_step(&self, factor: &SecondFactor, code: &Secret<String>, now: Timestamp) -> Option<u64> {
        let pending = factor.totp.as_ref()?.pending.as_ref()?;
        self.codes.matched_step(pending, code.expose(), now, MAX_DELTA)
    }
}
