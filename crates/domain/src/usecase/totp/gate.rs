//! Proving the second factor before something that needs it.

use std::sync::Arc;

use thiserror::Error;

use crate::clock::Timestamp;
use crate::event::{Actor, ActorKind};
use crate::ids::UserId;
use crate::port::{CommitError, Hasher, TotpCodes, TotpStore, Unavailable};
use crate::secret::Secret;
use crate::totp::{self, Challenge, ChallengeKind, Code, Method, Proof, SecondFactor, TwoFactorPolicy, Verdict};
use crate::usecase::command::Commands;
use crate::usecase::{Request, UseCaseError};
use crate::user::PasswordDigest;

/// Rounds lost to others before giving up.
const ROUNDS: u32 = 8;

/// Length of a backup code; a code of this length is looked up among them only.
const BACKUP_CODE_LENGTH: usize = 8;

/// The caller's second factor is not proved.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a second factor is needed")]
pub struct GateRefusal(pub Challenge);

/// Asks for a second factor, looks at the code and spends it.
#[derive(Clone)]
pub struct SecondFactorGate {
    commands: Commands,
    factors: Arc<dyn TotpStore>,
    hasher: Arc<dyn Hasher>,
    codes: Arc<dyn TotpCodes>,
    policy: TwoFactorPolicy,
}

impl SecondFactorGate {
    /// Wires the gate.
    pub fn new(
        commands: Commands,
        factors: Arc<dyn TotpStore>,
        hasher: Arc<dyn Hasher>,
        codes: Arc<dyn TotpCodes>,
        policy: TwoFactorPolicy,
    ) -> Self {
        Self { commands, factors, hasher, codes, policy }
    }

    pub(crate) fn with_policy(self, policy: TwoFactorPolicy) -> Self {
        Self { policy, ..self }
    }

    pub(crate) const fn policy(&self) -> &TwoFactorPolicy {
        &self.policy
    }

    pub(crate) async fn load(&self, user: UserId) -> Result<SecondFactor, Unavailable> {
        self.factors.find(user).await
    }

    /// Lets a caller through who has no second factor, or proves it. A right code is spent, a wrong one counted, by a
    /// commit of its own before this returns.
    pub async fn pass(&self, request: &Request, user: UserId, proof: &Proof) -> Result<(), UseCaseError<GateRefusal>> {
        self.prove(request, user, proof, |state| totp::challenge(state, proof, &self.policy)).await
    }

    /// Wants a code of the person's TOTP, whatever the settings say.
    pub(super) async fn prove_totp(
        &self,
        request: &Request,
        user: UserId,
        code: &Secret<String>,
    ) -> Result<(), UseCaseError<GateRefusal>> {
        let proof = Proof { code: Some(code.clone()), forced: Some(Method::Totp) };
        let asked = Challenge { kind: ChallengeKind::Required, method: Method::Totp, available: vec![Method::Totp] };
        self.prove(request, user, &proof, |_| Some(asked.clone())).await
    }

    async fn prove(
        &self,
        request: &Request,
        user: UserId,
        proof: &Proof,
        ask: impl Fn(&SecondFactor) -> Option<Challenge> + Sync,
    ) -> Result<(), UseCaseError<GateRefusal>> {
        for _ in 0..ROUNDS {
            let state = self.load(user).await?;
            let Some(asked) = ask(&state) else { return Ok(()) };
            if proof.code.is_none() {
                return Err(refused(asked));
            }
            let now = self.commands.clock.now();
            let (effects, answer) = match self.judge(&state, &asked, proof, now).await? {
                Verdict::Accepted(effects) => (effects, Ok(())),
                Verdict::Refused(told, effects) => (effects, Err(refused(told))),
                Verdict::Locked(told) => return Err(refused(told)),
            };
            let actor = Actor { kind: ActorKind::Operator, id: user.to_string() };
            match self.commands.write(request, actor, *effects, now).await {
                Ok(()) => return answer,
                Err(CommitError::Unavailable(unavailable)) => return Err(unavailable.into()),
                // Somebody spent a code or failed at the same time: this one is looked at again.
                Err(_) => {}
            }
        }
        Err(UseCaseError::Conflict)
    }

    /// Looks at a code and judges it; nothing is written.
    pub(crate) async fn judge(
        &self,
        state: &SecondFactor,
        asked: &Challenge,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<Verdict, Unavailable> {
        if let Some(told) = totp::locked(state, asked, now, &self.policy) {
            return Ok(Verdict::Locked(told));
        }
        let code = self.identify(state, asked.method, proof, now).await?;
        Ok(totp::judge(state, asked, code, now, &self.policy))
    }

    async fn identify(
        &self,
        state: &SecondFactor,
        method: Method,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<Code, Unavailable> {
        let Some(code) = &proof.code else { return Ok(Code::Wrong) };
        match method {
            Method::Totp if code.expose().chars().count() == BACKUP_CODE_LENGTH => {
                let Some(among) = state.totp.as_ref().and_then(|totp| totp.backup.as_ref()) else {
                    return Ok(Code::Wrong);
                };
                let found = self.hasher.find_backup_code(code, among).await?;
                Ok(found.map_or(Code::Wrong, Code::Backup))
            }
            Method::Totp => {
                let step = state
                    .live_secret()
                    .and_then(|secret| self.codes.matched_step(secret, code.expose(), now, self.policy.totp_max_delta));
                Ok(step.map_or(Code::Wrong, Code::Step))
            }
            Method::Password => {
                let Ok(digest) = PasswordDigest::parse(code.expose()) else { return Ok(Code::Wrong) };
                let right = self.hasher.verify_password(&digest, state.password.clone()).await?;
                Ok(if right { Code::Password } else { Code::Wrong })
            }
            Method::Email => Ok(Code::Wrong),
        }
    }
}

const fn refused(challenge: Challenge) -> UseCaseError<GateRefusal> {
    UseCaseError::Refused { refusal: GateRefusal(challenge), replayed: None }
}
