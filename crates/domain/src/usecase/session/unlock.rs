//! Letting somebody sign in again before the time.

use std::convert::Infallible;
use std::sync::Arc;

use crate::commit::{Effects, Guard, GuardKey, WorkChange};
use crate::ids::UserId;
use crate::policy::{Action, Resource, allows};
use crate::port::{LoginName, TotpStore, Unavailable, UserRepository};
use crate::text::UserName;
use crate::totp::Failures;
use crate::usecase::command::{Commands, NotWritten};
use crate::usecase::session::Lockout;
use crate::usecase::{Request, UseCaseError};

/// Rounds before giving up: more codes than this at the same time are not somebody in need of help.
const ROUNDS: u32 = 8;

/// Forgets the failed sign-ins of an account, by its name and by its address, and the wrong codes of its second factor.
/// The failures of clients stay. For the command line: whoever is given a new way in must not find the door blocked.
pub struct UnlockAccount {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
    lockout: Lockout,
}

impl UnlockAccount {
    /// Wires the use case.
    pub const fn new(
        commands: Commands,
        users: Arc<dyn UserRepository>,
        factors: Arc<dyn TotpStore>,
        lockout: Lockout,
    ) -> Self {
        Self { commands, users, factors, lockout }
    }

    /// Does it; a name nobody has is forgotten too.
    pub async fn execute(&self, request: &Request, name: &UserName) -> Result<(), UseCaseError<Infallible>> {
        let actor = allows(&request.caller, Action::EditAccount, Resource::Service)?;
        for _ in 0..ROUNDS {
            let person = self.users.find_by_name(name).await?;
            let mut effects = match &person {
                Some(person) => self.codes_forgotten(person.id).await?,
                None => Effects::default(),
            };
            let address = person.and_then(|person| person.profile.email).map(LoginName::Email);
            let names = [Some(LoginName::UserName(name.clone())), address];
            let cleared = |login| WorkChange::SignInFailuresCleared(self.lockout.account(&login));
            effects.work.extend(names.into_iter().flatten().map(cleared));
            match self.commands.write(request, actor.clone(), effects, self.commands.clock.now()).await {
                Ok(()) => return Ok(()),
                Err(NotWritten::Unavailable(unavailable)) => return Err(unavailable.into()),
                Err(NotWritten::Denied(denied)) => return Err(denied.into()),
                // A code was looked at in the meantime.
                Err(NotWritten::LostRace) => {}
            }
        }
        Err(UseCaseError::Conflict)
    }

    async fn codes_forgotten(&self, user: UserId) -> Result<Effects, Unavailable> {
        let state = self.factors.find(user).await?;
        if state.failures == Failures::default() {
            return Ok(Effects::default());
        }
        Ok(Effects {
            work: vec![WorkChange::Failures { user, failures: Failures::default() }],
            guards: vec![Guard::raise(GuardKey::SecondFactor(user), state.revision)],
            ..Effects::default()
        })
    }
}
