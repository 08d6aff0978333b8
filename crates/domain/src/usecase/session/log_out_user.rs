//! Signing a person out everywhere.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::event::{Actor, ActorKind, StreamId, Version};
use crate::ids::UserId;
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{TotpStore, Unavailable, UserRepository};
use crate::session::{self, LogOutRefusal};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Request, UseCaseError};
use crate::user::Person;

/// Ends every session a person began by signing in; personal access tokens stay. One's own, or with the permission
/// `logout-other-user` somebody else's, which is recorded: event `UserLoggedOut`.
///
/// Refused: [`LogOutRefusal::UnknownUser`]. Without the permission: `Denied`, before it is looked whether there is such
/// a person.
pub struct LogOutUser {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
}

impl LogOutUser {
    /// Wires the use case.
    pub fn new(commands: Commands, users: Arc<dyn UserRepository>, factors: Arc<dyn TotpStore>) -> Self {
        Self { commands, users, factors }
    }

    /// Does it for the person with an id, or when none is given for whoever is signed in; answers whom.
    pub async fn execute(&self, request: &Request, id: Option<&str>) -> Result<UserId, UseCaseError<LogOutRefusal>> {
        let caller = request.caller.operator.as_ref().ok_or(Denied)?.id;
        let named = id.filter(|id| !id.is_empty()).map(UserId::parse);
        let user = match named {
            None => caller,
            Some(Ok(user)) if user == caller => caller,
            Some(other) => {
                allows(&request.caller, Action::LogOutOther, Resource::Service)?;
                let unknown = UseCaseError::Refused { refusal: LogOutRefusal::UnknownUser, replayed: None };
                other.map_err(|_| unknown)?
            }
        };
        let logging_out = LoggingOut { case: self, user, caller };
        self.commands.run(&logging_out, request).await?;
        Ok(user)
    }
}

struct LoggingOut<'a> {
    case: &'a LogOutUser,
    user: UserId,
    caller: UserId,
}

struct Situation {
    person: Option<Person>,
    epoch: u64,
}

#[async_trait]
impl Command for LoggingOut<'_> {
    type State = Situation;
    type Refusal = LogOutRefusal;

    async fn load(&self) -> Result<Situation, Unavailable> {
        let person = self.case.users.find(self.user).await?;
        Ok(Situation { person, epoch: self.case.factors.find(self.user).await?.epoch })
    }

    fn authorise(&self, caller: &Caller, _: &Situation) -> Result<Actor, Denied> {
        if self.user == self.caller {
            return Ok(Actor { kind: ActorKind::Operator, id: self.caller.to_string() });
        }
        allows(caller, Action::LogOutOther, Resource::Person { id: self.user, org: None })
    }

    fn version(&self, situation: &Situation) -> Version {
        situation.person.as_ref().map(|person| person.version).unwrap_or_default()
    }

    fn decide(&self, situation: &Situation, _: Timestamp) -> Result<Decision, Against<LogOutRefusal>> {
        let account = situation.person.as_ref().filter(|person| person.account.is_some());
        let person = account.ok_or(LogOutRefusal::UnknownUser)?;
        Ok(Decision {
            stream: StreamId::from(self.user),
            expected: person.version,
            org: person.org.clone(),
            reason: None,
            effects: session::log_out(self.user, self.user == self.caller, situation.epoch),
        })
    }
}
