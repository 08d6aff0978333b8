//! Letting somebody sign in again before the time.

use std::convert::Infallible;
use std::sync::Arc;

use crate::commit::{Effects, WorkChange};
use crate::policy::{Action, Resource, allows};
use crate::port::{LoginName, UserRepository};
use crate::text::UserName;
use crate::usecase::command::{Commands, NotWritten};
use crate::usecase::session::Lockout;
use crate::usecase::{Request, UseCaseError};

/// Forgets the failed sign-ins of an account, by its name and by its address. Those of clients stay. For the command
/// line: whoever is given a new way in must not find the door blocked.
pub struct UnlockAccount {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    lockout: Lockout,
}

impl UnlockAccount {
    /// Wires the use case.
    pub const fn new(commands: Commands, users: Arc<dyn UserRepository>, lockout: Lockout) -> Self {
        Self { commands, users, lockout }
    }

    /// Does it; a name nobody has is forgotten too.
    pub async fn execute(&self, request: &Request, name: &UserName) -> Result<(), UseCaseError<Infallible>> {
        let actor = allows(&request.caller, Action::EditAccount, Resource::Service)?;
        let person = self.users.find_by_name(name).await?;
        let address = person.and_then(|person| person.profile.email).map(LoginName::Email);
        let names = [Some(LoginName::UserName(name.clone())), address];
        let cleared = |login| WorkChange::SignInFailuresCleared(self.lockout.account(&login));
        let effects = Effects { work: names.into_iter().flatten().map(cleared).collect(), ..Effects::default() };
        match self.commands.write(request, actor, effects, self.commands.clock.now()).await {
            Ok(()) => Ok(()),
            Err(NotWritten::Unavailable(unavailable)) => Err(unavailable.into()),
            Err(NotWritten::Denied(denied)) => Err(denied.into()),
            Err(NotWritten::LostRace) => Err(UseCaseError::Conflict),
        }
    }
}
