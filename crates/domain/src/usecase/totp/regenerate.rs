//! New backup codes.

use std::sync::Arc;

use super::SecondFactorGate;
use super::disable::prove;
use super::own::{self, OwnCommand};
use crate::port::{Hasher, TotpStore, UserRepository};
use crate::secret::Secret;
use crate::totp::{self, SecondFactor, TotpRefusal, generate_backup_codes};
use crate::usecase::{Commands, Request, UseCaseError};

/// Gives whoever is signed in new backup codes, with a code: event `BackupCodesRegenerated`. The old ones are void.
///
/// Refused: [`TotpRefusal::InvalidCode`], also when TOTP is not in use; [`TotpRefusal::TooManyFailures`].
pub struct RegenerateBackupCodes {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
    hasher: Arc<dyn Hasher>,
    gate: SecondFactorGate,
}

impl RegenerateBackupCodes {
    /// Wires the use case.
    pub fn new(
        commands: Commands,
        users: Arc<dyn UserRepository>,
        factors: Arc<dyn TotpStore>,
        hasher: Arc<dyn Hasher>,
        gate: SecondFactorGate,
    ) -> Self {
        Self { commands, users, factors, hasher, gate }
    }

    /// Does it; answers the new codes, shown once.
    pub async fn execute(
        &self,
        request: &Request,
        code: &Secret<String>,
    ) -> Result<Vec<Secret<String>>, UseCaseError<TotpRefusal>> {
        let user = own::operator(&request.caller)?.id;
        prove(&self.gate, request, user, code).await?;
        let backup = generate_backup_codes(self.commands.entropy.as_ref());
        let hashes = self.hasher.hash_backup_codes(&backup).await?;
        let regenerating = OwnCommand {
            users: self.users.as_ref(),
            factors: self.factors.as_ref(),
            user,
            decide: |factor: &SecondFactor, _| totp::regenerate(factor, hashes.clone()),
        };
        self.commands.run(&regenerating, request).await?;
        Ok(backup)
    }
}
