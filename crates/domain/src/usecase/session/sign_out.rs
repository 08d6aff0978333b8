//! Signing out.

use std::convert::Infallible;

use crate::commit::{Effects, WorkChange};
use crate::event::{Actor, ActorKind};
use crate::policy::{Denied, OperatorCaller};
use crate::port::CommitError;
use crate::usecase::command::Commands;
use crate::usecase::{Request, UseCaseError};

/// Ends the session a request came with, and no other.
pub struct SignOut {
    commands: Commands,
}

impl SignOut {
    /// Wires the use case.
    pub const fn new(commands: Commands) -> Self {
        Self { commands }
    }

    /// Does it.
    pub async fn execute(&self, request: &Request) -> Result<(), UseCaseError<Infallible>> {
        let OperatorCaller { id, session, .. } = request.caller.operator.as_ref().ok_or(Denied)?;
        let now = self.commands.clock.now();
        let effects = Effects { work: vec![WorkChange::SessionEnded(*session)], ..Effects::default() };
        let actor = Actor { kind: ActorKind::Operator, id: id.to_string() };
        match self.commands.write(request, actor, effects, now).await {
            Ok(()) => Ok(()),
            Err(CommitError::Unavailable(unavailable)) => Err(unavailable.into()),
            Err(_) => Err(UseCaseError::Conflict),
        }
    }
}
