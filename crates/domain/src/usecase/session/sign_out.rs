//! Signing out.

use std::convert::Infallible;

use super::token::{TokenCommand, TokenPorts};
use crate::commit::Effects;
use crate::event::{Actor, ActorKind};
use crate::policy::{Denied, OperatorCaller};
use crate::session::{self, HeldTokens, SessionKind, SignedIn, TokenName};
use crate::usecase::command::NotWritten;
use crate::usecase::{Request, UseCaseError};

/// Rounds lost to others before giving up.
const ROUNDS: u32 = 8;

/// Ends the session a request came with, and no other; nothing it asked for before finishes after. A personal access token
/// that is signed out with is removed: event `PersonalAccessTokenRemoved`. `Denied` when it ended meanwhile.
pub struct SignOut {
    ports: TokenPorts,
}

impl SignOut {
    /// Wires the use case.
    pub const fn new(ports: TokenPorts) -> Self {
        Self { ports }
    }

    /// Does it.
    pub async fn execute(&self, request: &Request) -> Result<(), UseCaseError<Infallible>> {
        let operator = request.caller.operator.as_ref().ok_or(Denied)?;
        for _ in 0..ROUNDS {
            let found = self.ports.sessions.find(&operator.session).await?.filter(|own| own.user == operator.id);
            let found = found.ok_or(Denied)?;
            let request = request.looked_up_again(&found);
            let ended = match &found.kind {
                SessionKind::SignIn => self.end(&request, &found).await,
                SessionKind::PersonalAccessToken(token) => self.remove(&request, operator, &token.name).await,
            };
            match ended {
                Ok(()) => return Ok(()),
                Err(NotWritten::Unavailable(unavailable)) => return Err(unavailable.into()),
                // Ended, or another one ended beside it: to be looked at again.
                Err(NotWritten::Denied(_) | NotWritten::LostRace) => {}
            }
        }
        Err(UseCaseError::Conflict)
    }

    async fn end(&self, request: &Request, found: &SignedIn) -> Result<(), NotWritten> {
        let commands = &self.ports.commands;
        let mut effects = Effects::default();
        effects.end_session(found.user, found.token, found.epoch);
        let actor = Actor { kind: ActorKind::Operator, id: found.user.to_string() };
        commands.write(request, actor, effects, commands.clock.now()).await
    }

    async fn remove(&self, request: &Request, operator: &OperatorCaller, name: &TokenName) -> Result<(), NotWritten> {
        let removing = TokenCommand {
            ports: &self.ports,
            operator,
            decide: |held: &HeldTokens, _| session::remove_token(held, name),
        };
        match self.ports.commands.run(&removing, request).await {
            Ok(_) => Ok(()),
            Err(UseCaseError::Unavailable(unavailable)) => Err(unavailable.into()),
            Err(UseCaseError::Denied(denied)) => Err(denied.into()),
            // Somebody else removed it first.
            Err(_) => Err(NotWritten::LostRace),
        }
    }
}
