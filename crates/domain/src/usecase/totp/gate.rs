//! Proving the second factor before something that needs it.

use std::sync::Arc;

use thiserror::Error;

use crate::clock::Timestamp;
use crate::commit::{Effects, WorkChange};
use crate::event::{Actor, ActorKind};
use crate::ids::{OutboxId, UserId};
use crate::policy::OperatorCaller;
use crate::port::{Hasher, TotpCodes, TotpStore, Unavailable};
use crate::secret::Secret;
use crate::session::{RememberedFactor, TokenHash};
use crate::totp::{
    self, Challenge, ChallengeKind, Code, Method, NewEmailCode, Occasion, Proof, SecondFactor, TwoFactorPolicy, Verdict,
};
use crate::usecase::command::{Commands, NotWritten};
use crate::usecase::{Request, UseCaseError};
use crate::user::PasswordDigest;

/// Rounds lost to others before giving up.
const ROUNDS: u32 = 8;

/// Length of a backup code; a code of this length is looked up among them only.
const BACKUP_CODE_LENGTH: usize = 8;

/// May a factor that was proved a while ago stand for one proved now?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remembering {
    /// Yes: one proved with the session is remembered, and an account just made without any factor is not asked yet.
    Allowed,
    /// No: each call proves its own, and none is remembered for others.
    Forbidden,
}

/// The caller's second factor is not proved.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a second factor is needed")]
pub struct GateRefusal(pub Challenge);

impl UseCaseError<GateRefusal> {
    /// The same among the refusals of what lies behind the gate.
    pub(crate) fn among<R: std::error::Error + 'static>(self, refusal: impl FnOnce(Challenge) -> R) -> UseCaseError<R> {
        match self {
            Self::Refused { refusal: GateRefusal(told), replayed } => {
                UseCaseError::Refused { refusal: refusal(told), replayed }
            }
            Self::Unavailable(unavailable) => unavailable.into(),
            Self::Denied(denied) => denied.into(),
            // Nobody is looked up at the gate and no condition is: only races are left.
            Self::NotFound { .. } | Self::Stale | Self::KeyReused | Self::Conflict => UseCaseError::Conflict,
        }
    }
}

/// What became of a question.
pub(crate) enum Asked {
    /// It was answered; to be committed before anything is done on the strength of it.
    Proved(Box<Effects>),
    /// It was not: what the caller is told once the effects, if any, are committed.
    Told(Challenge, Box<Effects>),
}

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

    pub(crate) const fn policy(&self) -> &TwoFactorPolicy {
        &self.policy
    }

    pub(crate) async fn load(&self, user: UserId) -> Result<SecondFactor, Unavailable> {
        self.factors.find(user).await
    }

    /// Lets a caller through who has no second factor, or proves it, or need not: with a token made to pass, while a
    /// factor proved with the same session from the same client is remembered, or in the grace of a new account. A right
    /// code is spent (and remembered), a wrong one counted, a code by e-mail mailed, by a commit of its own before this
    /// returns; `Denied` when the caller's session ended meanwhile.
    ///
    /// Where nothing is asked nothing is written, and nothing tells whether the session still stands: of somebody whose
    /// account was deleted or reset meanwhile nothing is left to ask for. What stands behind the gate is a commit, which
    /// is refused then like any other that an operator asks for. (Resetting keys of end-to-end encryption writes nothing.)
    pub async fn pass(
        &self,
        request: &Request,
        user: UserId,
        proof: &Proof,
        remembering: Remembering,
    ) -> Result<(), UseCaseError<GateRefusal>> {
        let operator = request.caller.operator.as_ref().filter(|operator| operator.id == user);
        if !self.policy.enabled || operator.is_some_and(|operator| operator.bypass_two_factor) {
            return Ok(());
        }
        let allowed = remembering == Remembering::Allowed;
        let mark = operator.filter(|_| allowed).and_then(|operator| self.mark(request, operator));
        if let Some((_, mark)) = &mark
            && operator.is_some_and(|operator| self.is_remembered(operator, mark))
        {
            return Ok(());
        }
        self.prove(request, user, proof, mark, |state, now| {
            if allowed && totp::in_grace(state, now, &self.policy) {
                return None;
            }
            totp::challenge(state, proof, Occasion::Request, now, &self.policy)
        })
        .await
    }

    /// Wants a code of the person's TOTP, whatever the settings say: the question lists it as available.
    pub(super) async fn prove_totp(
        &self,
        request: &Request,
        user: UserId,
        code: &Secret<String>,
    ) -> Result<(), UseCaseError<GateRefusal>> {
        let proof = Proof { code: Some(code.clone()), forced: Some(Method::Totp) };
        let asked = Challenge {
            kind: ChallengeKind::Required,
            method: Method::Totp,
            available: vec![Method::Totp],
            mailed: None,
        };
        self.prove(request, user, &proof, None, |_, _| Some(asked.clone())).await
    }

    async fn prove(
        &self,
        request: &Request,
        user: UserId,
        proof: &Proof,
        mark: Option<(TokenHash, RememberedFactor)>,
        ask: impl Fn(&SecondFactor, Timestamp) -> Option<Challenge> + Sync,
    ) -> Result<(), UseCaseError<GateRefusal>> {
        for _ in 0..ROUNDS {
            let state = self.load(user).await?;
            let now = self.commands.clock.now();
            let Some(asked) = ask(&state, now) else { return Ok(()) };
            let (effects, answer) = match self.ask(&state, asked, proof, now).await? {
                Asked::Proved(mut effects) => {
                    let remembered = mark.map(|(token, remembered)| WorkChange::FactorRemembered { token, remembered });
                    effects.work.extend(remembered);
                    (effects, Ok(()))
                }
                Asked::Told(told, effects) if *effects == Effects::default() => return Err(refused(told)),
                Asked::Told(told, effects) => (effects, Err(refused(told))),
            };
            let actor = Actor { kind: ActorKind::Operator, id: user.to_string() };
            match self.commands.write(request, actor, *effects, now).await {
                Ok(()) => return answer,
                Err(NotWritten::Unavailable(unavailable)) => return Err(unavailable.into()),
                Err(NotWritten::Denied(denied)) => return Err(denied.into()),
                // Somebody spent a code or failed at the same time: this one is looked at again.
                Err(NotWritten::LostRace) => {}
            }
        }
        Err(UseCaseError::Conflict)
    }

    /// Puts a question to somebody: looks at the code that was sent, if one was, and mails one where that is needed.
    /// Nothing is written yet.
    pub(crate) async fn ask(
        &self,
        state: &SecondFactor,
        asked: Challenge,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<Asked, Unavailable> {
        let policy = &self.policy;
        if asked.kind == ChallengeKind::TooManyFailures {
            return Ok(Asked::Told(asked, Box::default()));
        }
        let (told, effects) = match &proof.code {
            None => (asked, Box::default()),
            Some(code) => {
                // A code nobody looks at is not worth a slow hash.
                let locked = totp::locked(state, now, policy);
                let code = if locked { Code::Wrong } else { self.identify(state, asked.method, code, now).await? };
                match totp::judge(state, &asked, code, now, policy) {
                    Verdict::Accepted(effects) => return Ok(Asked::Proved(effects)),
                    Verdict::Refused(told, effects) => (told, effects),
                    Verdict::Locked(told) => (told, Box::default()),
                }
            }
        };
        if told.method != Method::Email || !state.needs_email_code(now, policy) {
            return Ok(Asked::Told(told, effects));
        }
        let new = self.new_email_code(now).await?;
        let (told, effects) = totp::told_with_email_code(state, told, *effects, &new, now, policy);
        Ok(Asked::Told(told, Box::new(effects)))
    }

    /// A code that could be mailed; costs one slow hash.
    pub(super) async fn new_email_code(&self, now: Timestamp) -> Result<NewEmailCode, Unavailable> {
        let entropy = self.commands.entropy.as_ref();
        let code = totp::generate_email_code(entropy);
        let message = OutboxId::new(now, entropy);
        let hash = self.hasher.hash_backup_codes(std::slice::from_ref(&code)).await?;
        Ok(NewEmailCode { code, hash, message })
    }

    /// What a proof given now with this session would be remembered as; none where nothing is remembered.
    fn mark(&self, request: &Request, operator: &OperatorCaller) -> Option<(TokenHash, RememberedFactor)> {
        let client = request.client.as_ref().filter(|_| !self.policy.remember_for.is_zero())?;
        let part = |text: &Option<String>| text.clone().unwrap_or_default();
        // With the token, so that equal clients do not show, and nothing can be looked up in a table.
        let text = format!("{}\0{}", part(&client.address), part(&client.user_agent));
        let bytes = [operator.session.as_bytes().as_slice(), text.as_bytes()].concat();
        let until = self.commands.clock.now().plus(self.policy.remember_for);
        Some((operator.session, RememberedFactor { until, fingerprint: self.hasher.digest(&bytes) }))
    }

    /// Was a factor proved with the session before, from the same client? `mark` is what one proved now would leave.
    fn is_remembered(&self, operator: &OperatorCaller, mark: &RememberedFactor) -> bool {
        let now = self.commands.clock.now();
        operator.remembered.is_some_and(|remembered| {
            // An end further off than one set now would be is of a clock that stepped back, or of another setting.
            remembered.fingerprint == mark.fingerprint && now < remembered.until && remembered.until <= mark.until
        })
    }

    async fn identify(
        &self,
        state: &SecondFactor,
        method: Method,
        code: &Secret<String>,
        now: Timestamp,
    ) -> Result<Code, Unavailable> {
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
            Method::Email => {
                let Some(live) = state.live_email_code(now, &self.policy) else { return Ok(Code::Wrong) };
                let found = self.hasher.find_backup_code(&totp::email_digits(code), &live.hash).await?;
                Ok(found.map_or(Code::Wrong, |_| Code::Email))
            }
        }
    }
}

const fn refused(challenge: Challenge) -> UseCaseError<GateRefusal> {
    UseCaseError::Refused { refusal: GateRefusal(challenge), replayed: None }
}
