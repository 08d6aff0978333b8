//! The command that clears a second factor, whoever asks for it.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Timestamp;
use crate::commit::OutboxMessage;
use crate::event::{Actor, ActorKind, StreamId, Version};
use crate::ids::{OutboxId, UserId};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{TotpStore, Unavailable, UserRepository};
use crate::secret::Secret;
use crate::text::{EmailAddress, FreeText};
use crate::totp::{self, SecondFactor};
use crate::usecase::Done;
use crate::usecase::command::{Against, Command, Commands, Decision, Settled};
use crate::user::Person;

/// Template of the notice a person gets.
const NOTICE: &str = "totp-reset";

/// No rule ever stands in the way: where there is nothing to clear, nothing is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum NeverRefused {}

/// What clearing a second factor did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpResetReport {
    /// What it did to the person's stream; without an event there was nothing to clear.
    pub done: Done,
    /// The account's sign-in name; none when the person has no account.
    pub username: Option<String>,
    /// The notice to the person; none when there is nothing to tell, or no verified address to tell it to.
    pub notice: Option<QueuedNotice>,
}

/// A notice on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedNotice {
    /// Its message in the outbox.
    pub message: OutboxId,
    /// The verified addresses it goes to, masked: `a***@example.com`. At least one.
    pub to: Vec<String>,
}

/// Who did it, as the notice tells the person.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum By {
    Yourself,
    Administrator,
    CommandLine,
}

impl By {
    const fn of(action: Action, actor: ActorKind) -> Self {
        match (action, actor) {
            (Action::ManageOwnTotp, _) => Self::Yourself,
            (_, ActorKind::System) => Self::CommandLine,
            _ => Self::Administrator,
        }
    }
}

/// What the notice's template needs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    /// Whatever address there is when it leaves: who changes it must not keep the person from hearing of this.
    to: &'a str,
    by: By,
    at: Timestamp,
}

/// The person and the second factor.
pub(super) struct State {
    person: Option<Person>,
    factor: SecondFactor,
}

impl State {
    /// Where the person can be told.
    fn verified(&self) -> Option<&EmailAddress> {
        let profile = &self.person.as_ref()?.profile;
        profile.email.as_ref().filter(|_| profile.email_verified)
    }
}

/// The command.
pub(super) struct Clearing<'a> {
    users: &'a dyn UserRepository,
    factors: &'a dyn TotpStore,
    user: UserId,
    action: Action,
    reason: Option<FreeText>,
    notice: OutboxId,
    by: By,
}

impl<'a> Clearing<'a> {
    /// Clears a person's second factor on behalf of a caller, if that one may.
    pub(super) fn new(
        commands: &Commands,
        (users, factors): (&'a dyn UserRepository, &'a dyn TotpStore),
        caller: &Caller,
        (user, action): (UserId, Action),
        reason: Option<FreeText>,
    ) -> Result<Self, Denied> {
        let by = By::of(action, authorise(caller, action, user)?.kind);
        let notice = OutboxId::new(commands.clock.now(), commands.entropy.as_ref());
        Ok(Self { users, factors, user, action, reason, notice, by })
    }

    /// What it did, once it is decided.
    pub(super) fn report(&self, settled: Settled<'_, State>) -> TotpResetReport {
        let State { person, factor } = settled.state;
        let told = settled.state.verified().filter(|_| settled.done.event.is_some());
        // The name counts only while the account does.
        let account = person.as_ref().and_then(|person| person.account.as_ref());
        TotpResetReport {
            username: factor.username.as_ref().filter(|_| account.is_some()).map(|name| name.as_str().to_owned()),
            notice: told.map(|address| QueuedNotice { message: self.notice, to: vec![address.masked()] }),
            done: settled.done,
        }
    }

    fn message(&self, to: &EmailAddress, now: Timestamp) -> OutboxMessage {
        let payload = Payload { to: to.as_str(), by: self.by, at: now };
        OutboxMessage {
            id: self.notice,
            key: format!("mail/{}", self.user),
            template: NOTICE.to_owned(),
            user: Some(self.user),
            payload: Secret::new(serde_json::json!(payload).to_string()),
            at: now,
        }
    }
}

fn authorise(caller: &Caller, action: Action, user: UserId) -> Result<Actor, Denied> {
    allows(caller, action, Resource::Person { id: user, org: None })
}

#[async_trait]
impl Command for Clearing<'_> {
    type State = State;
    type Refusal = NeverRefused;

    async fn load(&self) -> Result<State, Unavailable> {
        Ok(State { person: self.users.find(self.user).await?, factor: self.factors.find(self.user).await? })
    }

    fn authorise(&self, caller: &Caller, _: &State) -> Result<Actor, Denied> {
        authorise(caller, self.action, self.user)
    }

    fn version(&self, state: &State) -> Version {
        state.person.as_ref().map(|person| person.version).unwrap_or_default()
    }

    fn decide(&self, state: &State, now: Timestamp) -> Result<Decision, Against<NeverRefused>> {
        let stream = StreamId::from(self.user);
        let Some(person) = &state.person else { return Err(Against::NotFound(stream)) };
        let mut effects = totp::reset(&state.factor).unwrap_or_default();
        if !effects.events.is_empty()
            && let Some(address) = state.verified()
        {
            effects.outbox.push(self.message(address, now));
        }
        Ok(Decision { stream, expected: person.version, org: person.org.clone(), reason: self.reason.clone(), effects })
    }
}
