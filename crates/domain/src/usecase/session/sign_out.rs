//! Signing out.

use std::convert::Infallible;

use super::token::{TokenCommand, TokenPorts};
use crate::commit::{Effects, WorkChange};
use crate::event::{Actor, ActorKind};
use crate::policy::{Denied, OperatorCaller};
use crate::port::CommitError;
use crate::session::{self, HeldTokens, SessionKind, TokenName};
use crate::usecase::{Request, UseCaseError};

/// Ends the session a request came with, and no other. A personal access token that is signed out with is removed:
/// event `PersonalAccessTokenRemoved`.
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
        let found = self.ports.sessions.find(&operator.session).await?.ok_or(Denied)?;
        match found.kind {
            SessionKind::SignIn => self.end(request, operator).await,
            SessionKind::PersonalAccessToken(token) => self.remove(request, operator, &token.name).await,
        }
    }

    async fn end(&self, request: &Request, operator: &OperatorCaller) -> Result<(), UseCaseError<Infallible>> {
        let commands = &self.ports.commands;
        let effects = Effects { work: vec![WorkChange::SessionEnded(operator.session)], ..Effects::default() };
        let actor = Actor { kind: ActorKind::Operator, id: operator.id.to_string() };
        match commands.write(request, actor, effects, commands.clock.now()).await {
            Ok(()) => Ok(()),
            Err(CommitError::Unavailable(unavailable)) => Err(unavailable.into()),
            Err(_) => Err(UseCaseError::Conflict),
        }
    }

    async fn remove(
        &self,
        request: &Request,
        operator: &OperatorCaller,
        name: &TokenName,
    ) -> Result<(), UseCaseError<Infallible>> {
        let removing = TokenCommand {
            ports: &self.ports,
            operator,
            decide: |held: &HeldTokens, _| session::remove_token(held, name),
        };
        match self.ports.commands.run(&removing, request).await {
            Ok(_) => Ok(()),
            Err(UseCaseError::Unavailable(unavailable)) => Err(unavailable.into()),
            // Somebody else removed it first.
            Err(UseCaseError::Denied(_) | UseCaseError::NotFound { .. } | UseCaseError::Refused { .. }) => {
                Err(Denied.into())
            }
            Err(_) => Err(UseCaseError::Conflict),
        }
    }
}
