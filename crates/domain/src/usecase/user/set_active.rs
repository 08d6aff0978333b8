//! Switching accounts on and off.

use std::sync::Arc;

use async_trait::async_trait;

use super::standing;
use crate::clock::Timestamp;
use crate::event::{Actor, StreamId, Version};
use crate::ids::UserId;
use crate::policy::{Action, Caller, Denied};
use crate::port::{TotpStore, Unavailable, UserRepository};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};
use crate::user::{self, Standing, UserRefusal};

/// Switches an account on or off: event `UserActivated`, or `UserDeactivated`, which ends all sessions and tokens. What
/// it is already it stays, and the answer has no event.
///
/// Refused: as the rule says. Unknown person: `NotFound`.
pub struct SetAccountActive {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
}

impl SetAccountActive {
    /// Wires the use case.
    pub fn new(commands: Commands, users: Arc<dyn UserRepository>, factors: Arc<dyn TotpStore>) -> Self {
        Self { commands, users, factors }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        user: UserId,
        active: bool,
    ) -> Result<Outcome<Done>, UseCaseError<UserRefusal>> {
        let switching = Switching { users: self.users.as_ref(), factors: self.factors.as_ref(), user, active };
        self.commands.run(&switching, request).await
    }
}

struct Switching<'a> {
    users: &'a dyn UserRepository,
    factors: &'a dyn TotpStore,
    user: UserId,
    active: bool,
}

#[async_trait]
impl Command for Switching<'_> {
    type State = Option<Standing>;
    type Refusal = UserRefusal;

    async fn load(&self) -> Result<Option<Standing>, Unavailable> {
        standing::load(self.users, self.factors, self.user).await
    }

    fn authorise(&self, caller: &Caller, standing: &Option<Standing>) -> Result<Actor, Denied> {
        standing::authorise(caller, Action::SetAccountStatus, standing.as_ref())
    }

    fn version(&self, standing: &Option<Standing>) -> Version {
        standing::version(standing.as_ref())
    }

    fn decide(&self, standing: &Option<Standing>, _now: Timestamp) -> Result<Decision, Against<UserRefusal>> {
        let stream = StreamId::from(self.user);
        let Some(standing) = standing else { return Err(Against::NotFound(stream)) };
        let effects = user::set_active(self.active, standing)?;
        let person = &standing.person;
        Ok(Decision { stream, expected: person.version, org: person.org.clone(), reason: None, effects })
    }
}
