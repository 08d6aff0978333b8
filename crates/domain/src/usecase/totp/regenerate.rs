//! New backup codes.

use std::sync::Arc;

use async_trait::async_trait;

use super::SecondFactorGate;
use super::disable::prove;
use super::own::{self, OwnState};
use crate::clock::Timestamp;
use crate::event::{Actor, Version};
use crate::ids::UserId;
use crate::policy::{Caller, Denied};
use crate::port::{Hasher, TotpStore, Unavailable, UserRepository};
use crate::secret::Secret;
use crate::totp::{self, BackupCodes, TotpRefusal, generate_backup_codes};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Request, UseCaseError};

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
        let regenerating = Regenerating { users: self.users.as_ref(), factors: self.factors.as_ref(), user, hashes };
        self.commands.run(&regenerating, request).await?;
        Ok(backup)
    }
}

struct Regenerating<'a> {
    users: &'a dyn UserRepository,
    factors: &'a dyn TotpStore,
    user: UserId,
    hashes: BackupCodes,
}

#[async_trait]
impl Command for Regenerating<'_> {
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
        own::decision(state, totp::regenerate(&state.factor, self.hashes.clone())?)
    }
}
