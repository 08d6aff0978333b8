//! Suspending a person.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::event::{Actor, StreamId, Version};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{TotpStore, Unavailable, UserRepository};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};
use crate::user::{self, OtherAdministrators, Person, SuspendUser, UserRefusal};

/// Suspends a person and ends all its sessions: event `UserSuspended`. Somebody suspended already is left as is, and the
/// answer has no event.
///
/// Refused: [`UserRefusal::LastAdministrator`], [`UserRefusal::SwitchedOff`]. Unknown person: `NotFound`.
pub struct SuspendPerson {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
}

impl SuspendPerson {
    /// Wires the use case.
    pub fn new(commands: Commands, users: Arc<dyn UserRepository>, factors: Arc<dyn TotpStore>) -> Self {
        Self { commands, users, factors }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        command: SuspendUser,
    ) -> Result<Outcome<Done>, UseCaseError<UserRefusal>> {
        let suspending = Suspending { users: self.users.as_ref(), factors: self.factors.as_ref(), command };
        self.commands.run(&suspending, request).await
    }
}

struct Suspending<'a> {
    users: &'a dyn UserRepository,
    factors: &'a dyn TotpStore,
    command: SuspendUser,
}

/// Each part is guarded by itself: the person by the stream's version, the others by their numbers.
struct Situation {
    person: Person,
    epoch: u64,
    others: OtherAdministrators,
}

#[async_trait]
impl Command for Suspending<'_> {
    type State = Option<Situation>;
    type Refusal = UserRefusal;

    async fn load(&self) -> Result<Option<Situation>, Unavailable> {
        let user = self.command.user;
        let Some(person) = self.users.find(user).await? else { return Ok(None) };
        let epoch = self.factors.find(user).await?.epoch;
        let others = self.users.administrators_besides(user).await?;
        Ok(Some(Situation { person, epoch, others }))
    }

    fn authorise(&self, caller: &Caller, situation: &Option<Situation>) -> Result<Actor, Denied> {
        let org = situation.as_ref().map(|situation| &situation.person.org);
        allows(caller, Action::SuspendUser, Resource::Person { id: self.command.user, org })
    }

    fn version(&self, situation: &Option<Situation>) -> Version {
        situation.as_ref().map(|situation| situation.person.version).unwrap_or_default()
    }

    fn decide(&self, situation: &Option<Situation>, now: Timestamp) -> Result<Decision, Against<UserRefusal>> {
        let stream = StreamId::from(self.command.user);
        let Some(Situation { person, epoch, others }) = situation else { return Err(Against::NotFound(stream)) };
        Ok(Decision {
            stream,
            expected: person.version,
            org: person.org.clone(),
            reason: Some(self.command.reason.clone()),
            effects: user::suspend(&self.command, person, *epoch, *others, now)?,
        })
    }
}
