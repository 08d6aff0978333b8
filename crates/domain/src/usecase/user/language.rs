//! The language a person is written to in.

use std::convert::Infallible;
use std::sync::Arc;

use crate::commit::{Effects, PrivateChange};
use crate::event::StreamId;
use crate::ids::UserId;
use crate::policy::{Action, Resource, allows};
use crate::port::UserRepository;
use crate::text::Language;
use crate::usecase::command::NotWritten;
use crate::usecase::{Commands, Request, UseCaseError};

/// Lost races before it gives up; each means that something else of the person changed.
const ROUNDS: u32 = 8;

/// Sets the language a person is written to in. Personal data, so there is no event of it; the last word counts.
///
/// Unknown person: `NotFound`.
pub struct SetLanguage {
    commands: Commands,
    users: Arc<dyn UserRepository>,
}

impl SetLanguage {
    /// Wires the use case.
    pub fn new(commands: Commands, users: Arc<dyn UserRepository>) -> Self {
        Self { commands, users }
    }

    /// Does it, or leaves it as it is when nothing is said; answers the language there is then. `Some(None)` = the
    /// service's.
    pub async fn execute(
        &self,
        request: &Request,
        user: UserId,
        language: Option<Option<Language>>,
    ) -> Result<Option<Language>, UseCaseError<Infallible>> {
        let actor = allows(&request.caller, Action::EditPreferences, Resource::Person { id: user, org: None })?;
        let stream = StreamId::from(user);
        for _ in 0..ROUNDS {
            let person = self.users.find(user).await?;
            let person = person.ok_or_else(|| UseCaseError::NotFound { stream: stream.clone(), replayed: None })?;
            let wanted = language.clone().unwrap_or_else(|| person.language.clone());
            if wanted == person.language {
                return Ok(wanted);
            }
            let effects = Effects {
                // So that nothing is kept of somebody who was erased meanwhile.
                unchanged: vec![(stream.clone(), person.version)],
                private: vec![PrivateChange::Language { user, language: wanted.clone() }],
                ..Effects::default()
            };
            match self.commands.write(request, actor.clone(), effects, self.commands.clock.now()).await {
                Ok(()) => return Ok(wanted),
                Err(NotWritten::Unavailable(unavailable)) => return Err(unavailable.into()),
                Err(NotWritten::Denied(denied)) => return Err(denied.into()),
                Err(NotWritten::LostRace) => {}
            }
        }
        Err(UseCaseError::Conflict)
    }
}
