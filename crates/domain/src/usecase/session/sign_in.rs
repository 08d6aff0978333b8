//! Signing in with a name and a password.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::commit::{Effects, Guard, GuardKey, WorkChange};
use crate::event::{Actor, ActorKind};
use crate::ids::UserId;
use crate::port::{Hasher, LoginName, UserRepository};
use crate::session::{AuthToken, Session, SessionKind, SignInRefusal, StoredCredentials, TokenHash};
use crate::totp::{self, Challenge, Occasion, Proof};
use crate::usecase::command::{Commands, NotWritten};
use crate::usecase::session::lockout::{Attempt, Lockout, Standing};
use crate::usecase::totp::{Asked, SecondFactorGate};
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

/// Signs somebody in. The second factor is asked for after the password, which
/// cannot be the second factor too.
///
/// A wrong password counts against the name it was sent with and the address it came from, before anybody is told; too
/// many, and nothing is looked at until the window is over. What is done for a name does not depend on whether somebody
/// has it. A session that begins clears both counts. A wrong code of the second factor has a count of its own.
///
/// Refused: [`SignInRefusal`]. A sign-in that overlaps a reset or a password change does not survive it: its session is
/// only written while the credential epoch read before the password was verified still stands.
pub struct SignIn {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    hasher: Arc<dyn Hasher>,
    gate: SecondFactorGate,
    lockout: Lockout,
    lifetime: Duration,
}

impl SignIn {
    /// Wires the use case. A session ends by itself after `lifetime`.
    pub fn new(
        commands: Commands,
        users: Arc<dyn UserRepository>,
        hasher: Arc<dyn Hasher>,
        gate: SecondFactorGate,
        lockout: Lockout,
        lifetime: Duration,
    ) -> Self {
        Self { commands, users, hasher, gate, lockout, lifetime }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        order: &SignInOrder,
    ) -> Result<NewSession, UseCaseError<SignInRefusal>> {
        let attempt = self.lockout.attempt(order.login.as_ref(), request.client.as_ref());
        for _ in 0..ROUNDS {
            let (known, standing) = self.verified(request, order, attempt).await?;
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
                effects.work.extend(Lockout::succeeded(attempt, standing));
            }
            let actor = Actor { kind: ActorKind::Operator, id: known.user.to_string() };
            match self.commands.write(request, actor, effects, now).await {
                Ok(()) => {}
                Err(NotWritten::Unavailable(unavailable)) => return Err(unavailable.into()),
                Err(_) => continue,
            }
            return match challenge {
                None => Ok(NewSession { user: known.user, token }),
                Some(challenge) => Err(refused(SignInRefusal::SecondFactor(challenge))),
            };
        }
        Err(UseCaseError::Conflict)
    }

    /// Looks at the password. One that is looked at is let in, or counted before anybody is told.
    async fn verified(
        &self,
        request: &Request,
        order: &SignInOrder,
        attempt: Attempt,
    ) -> Result<(StoredCredentials, Standing), UseCaseError<SignInRefusal>> {
        let before = self.lockout.standing(attempt, self.commands.clock.now()).await?;
        if let Some(blocked) = before.blocked {
            return Err(refused(SignInRefusal::Blocked(blocked)));
        }
        let known = match &order.login {
            Some(login) => self.users.credentials(login).await?,
            None => None,
        };
        let hash = known.as_ref().map(|known| known.password.clone());
        let right = self.hasher.verify_password(&order.password, hash).await?;
        // Others failed while this one waited for its turn: a crowd that comes at once gets no more tries than a queue.
        let now = self.commands.clock.now();
        let standing = self.lockout.standing(attempt, now).await?;
        match known.filter(|_| right && standing.blocked.is_none()) {
            None => {
                self.count(request, attempt, now).await?;
                Err(refused(standing.blocked.map_or(SignInRefusal::WrongCredentials, SignInRefusal::Blocked)))
            }
            Some(known) if known.status != UserStatus::Active => Err(refused(SignInRefusal::NotActivated)),
            Some(known) => Ok((known, standing)),
        }
    }

    async fn count(
        &self,
        request: &Request,
        attempt: Attempt,
        now: Timestamp,
    ) -> Result<(), UseCaseError<SignInRefusal>> {
        let effects = Effects { work: self.lockout.failed(attempt, now), ..Effects::default() };
        if effects.work.is_empty() {
            return Ok(());
        }
        match self.commands.write(request, Actor::system("sign-in"), effects, now).await {
            Ok(()) => Ok(()),
            Err(NotWritten::Unavailable(unavailable)) => Err(unavailable.into()),
            // It relies on nothing, so there is nothing to lose a race for.
            Err(_) => Err(UseCaseError::Conflict),
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
        let asked = totp::challenge(&state, proof, Occasion::SignIn, now, self.gate.policy());
        let Some(asked) = asked else { return Ok((Effects::default(), None)) };
        match self.gate.ask(&state, asked, proof, now).await? {
            Asked::Proved(effects) => Ok((*effects, None)),
            Asked::Told(told, effects) if *effects == Effects::default() => {
                Err(refused(SignInRefusal::SecondFactor(told)))
            }
            Asked::Told(told, effects) => Ok((*effects, Some(told))),
        }
    }
}

const fn refused(refusal: SignInRefusal) -> UseCaseError<SignInRefusal> {
    UseCaseError::Refused { refusal, replayed: None }
}
