//! Signing in with a name and a password.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::commit::{Effects, Guard, GuardKey, WorkChange};
use crate::event::{Actor, ActorKind};
use crate::ids::UserId;
use crate::port::{CommitError, Hasher, LoginName, UserRepository};
use crate::session::{AuthToken, Session, SessionKind, SignInRefusal, StoredCredentials, TokenHash};
use crate::totp::{self, Challenge, Proof, TwoFactorPolicy, Verdict};
use crate::usecase::command::Commands;
use crate::usecase::totp::SecondFactorGate;
use crate::usecase::{Request, UseCaseError};
use crate::user::{PasswordDigest, UserStatus};

/// Rounds lost to others before giving up.
const ROUNDS: u32 = 8;

/// What somebody brings to sign in.
#[derive(Debug, Clone)]
pub struct SignInOrder {
    /// The account; none when the name sent can be nobody's, which takes as long as a wrong password.
    pub login: Option<LoginName>,
    /// The password's digest.
    pub password: PasswordDigest,
    /// A code of the second factor.
    pub proof: Proof,
}

/// A session just begun: the only time its token is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The person.
    pub user: UserId,
    /// The token.
    pub token: AuthToken,
}

/// Signs somebody in. The second factor is asked for after the password, and only TOTP counts here.
///
/// Refused: [`SignInRefusal`]. A sign-in that overlaps a reset or a password change does not survive it: its session is
/// only written while the credential epoch read before the password was verified still stands.
pub struct SignIn {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    hasher: Arc<dyn Hasher>,
    gate: SecondFactorGate,
    lifetime: Duration,
}

impl SignIn {
    /// Wires the use case. A session ends by itself after `lifetime`.
    pub fn new(
        commands: Commands,
        users: Arc<dyn UserRepository>,
        hasher: Arc<dyn Hasher>,
        gate: SecondFactorGate,
        lifetime: Duration,
    ) -> Self {
        let policy = TwoFactorPolicy { password_fallback: false, ..gate.policy().clone() };
        Self { commands, users, hasher, gate: gate.with_policy(policy), lifetime }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        order: &SignInOrder,
    ) -> Result<NewSession, UseCaseError<SignInRefusal>> {
        for _ in 0..ROUNDS {
            let known = self.verified(order).await?;
            let now = self.commands.clock.now();
            let token = AuthToken::generate(self.commands.entropy.as_ref());
            let session = Session {
                token: TokenHash::new(self.hasher.digest(token.expose().as_bytes())),
                user: known.user,
                started_at: now,
                expires_at: Some(now.plus(self.lifetime)),
                kind: SessionKind::SignIn,
            };
            let (mut effects, challenge) = self.second_factor(&known, &order.proof, now).await?;
            if challenge.is_none() {
                effects.guards.push(Guard::still(GuardKey::CredentialEpoch(known.user), known.epoch));
                effects.work.push(WorkChange::SessionStarted(session));
            }
            let actor = Actor { kind: ActorKind::Operator, id: known.user.to_string() };
            match self.commands.write(request, actor, effects, now).await {
                Ok(()) => {}
                Err(CommitError::Unavailable(unavailable)) => return Err(unavailable.into()),
                Err(_) => continue,
            }
            return match challenge {
                None => Ok(NewSession { user: known.user, token }),
                Some(challenge) => Err(refused(SignInRefusal::SecondFactor(challenge))),
            };
        }
        Err(UseCaseError::Conflict)
    }

    async fn verified(&self, order: &SignInOrder) -> Result<StoredCredentials, UseCaseError<SignInRefusal>> {
        let known = match &order.login {
            Some(login) => self.users.credentials(login).await?,
            None => None,
        };
        let hash = known.as_ref().map(|known| known.password.clone());
        let right = self.hasher.verify_password(&order.password, hash).await?;
        match known.filter(|_| right) {
            None => Err(refused(SignInRefusal::WrongCredentials)),
            Some(known) if known.status != UserStatus::Active => Err(refused(SignInRefusal::NotActivated)),
            Some(known) => Ok(known),
        }
    }

    /// What the second factor costs, and what is asked for when it is not proved.
    async fn second_factor(
        &self,
        known: &StoredCredentials,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<(Effects, Option<Challenge>), UseCaseError<SignInRefusal>> {
        let state = self.gate.load(known.user).await?;
        let Some(asked) = totp::challenge(&state, proof, self.gate.policy()) else {
            return Ok((Effects::default(), None));
        };
        if proof.code.is_none() {
            return Err(refused(SignInRefusal::SecondFactor(asked)));
        }
        match self.gate.judge(&state, &asked, proof, now).await? {
            Verdict::Accepted(effects) => Ok((*effects, None)),
            Verdict::Refused(told, effects) => Ok((*effects, Some(told))),
            Verdict::Locked(told) => Err(refused(SignInRefusal::SecondFactor(told))),
        }
    }
}

const fn refused(refusal: SignInRefusal) -> UseCaseError<SignInRefusal> {
    UseCaseError::Refused { refusal, replayed: None }
}
