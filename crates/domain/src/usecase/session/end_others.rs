//! Staying signed in here, and nowhere else.

use std::convert::Infallible;
use std::sync::Arc;

use crate::commit::Effects;
use crate::event::{Actor, ActorKind};
use crate::policy::{Denied, OperatorCaller};
use crate::port::Sessions;
use crate::session::SignedIn;
use crate::usecase::command::{Commands, NotWritten};
use crate::usecase::{Request, UseCaseError};

/// Rounds lost to others before giving up.
const ROUNDS: u32 = 8;

/// Ends the sessions whoever is signed in began by signing in elsewhere. The one the request came with stays, as do
/// personal access tokens. `Denied` when it ended meanwhile.
pub struct EndOtherSessions {
    commands: Commands,
    sessions: Arc<dyn Sessions>,
}

impl EndOtherSessions {
    /// Wires the use case.
    pub fn new(commands: Commands, sessions: Arc<dyn Sessions>) -> Self {
        Self { commands, sessions }
    }

    /// Does it; answers the session that stays.
    pub async fn execute(&self, request: &Request) -> Result<SignedIn, UseCaseError<Infallible>> {
        let OperatorCaller { id, session, .. } = request.caller.operator.as_ref().ok_or(Denied)?;
        for _ in 0..ROUNDS {
            // Who ended it after it was looked at has raised the epoch, so that of two sessions which end each other one
            // stays.
            let own = self.sessions.find(session).await?.filter(|own| own.user == *id).ok_or(Denied)?;
            let mut effects = Effects::default();
            effects.end_sign_ins(*id, Some(*session), own.epoch);
            let actor = Actor { kind: ActorKind::Operator, id: id.to_string() };
            let request = request.looked_up_again(&own);
            match self.commands.write(&request, actor, effects, self.commands.clock.now()).await {
                Ok(()) => return Ok(own),
                Err(NotWritten::Unavailable(unavailable)) => return Err(unavailable.into()),
                // Ended, or another one ended beside it: to be looked at again.
                Err(NotWritten::Denied(_) | NotWritten::LostRace) => {}
            }
        }
        Err(UseCaseError::Conflict)
    }
}
