//! Staying signed in here, and nowhere else.

use std::convert::Infallible;
use std::sync::Arc;

use crate::commit::Effects;
use crate::event::{Actor, ActorKind};
use crate::policy::{Denied, OperatorCaller};
use crate::port::{CommitError, Sessions, TotpStore};
use crate::session::SignedIn;
use crate::usecase::command::Commands;
use crate::usecase::{Request, UseCaseError};

/// Rounds lost to others before giving up.
const ROUNDS: u32 = 8;

/// Ends the sessions whoever is signed in began by signing in elsewhere. The one the request came with stays, as do
/// personal access tokens. `Denied` when it ended meanwhile.
pub struct EndOtherSessions {
    commands: Commands,
    sessions: Arc<dyn Sessions>,
    factors: Arc<dyn TotpStore>,
}

impl EndOtherSessions {
    /// Wires the use case.
    pub fn new(commands: Commands, sessions: Arc<dyn Sessions>, factors: Arc<dyn TotpStore>) -> Self {
        Self { commands, sessions, factors }
    }

    /// Does it; answers the session that stays.
    pub async fn execute(&self, request: &Request) -> Result<SignedIn, UseCaseError<Infallible>> {
        let OperatorCaller { id, session, .. } = request.caller.operator.as_ref().ok_or(Denied)?;
        for _ in 0..ROUNDS {
            // Before the session: who ended it after it was looked at has raised the epoch, so that of two sessions
            // which end each other one stays.
            let epoch = self.factors.find(*id).await?.epoch;
            let own = self.sessions.find(session).await?.filter(|own| own.user == *id).ok_or(Denied)?;
            let mut effects = Effects::default();
            effects.end_sign_ins(*id, Some(*session), epoch);
            let actor = Actor { kind: ActorKind::Operator, id: id.to_string() };
            match self.commands.write(request, actor, effects, self.commands.clock.now()).await {
                Ok(()) => return Ok(own),
                Err(CommitError::Unavailable(unavailable)) => return Err(unavailable.into()),
                Err(_) => {}
            }
        }
        Err(UseCaseError::Conflict)
    }
}
