//! The one way a command takes: load → authorise → recall → `If-Match` → decide → commit; on a lost race once more.

use std::sync::Arc;

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::operator::StillSignedIn;
use super::remember::{Answer, Answered, Remembered, replay};
use super::{IfMatch, Request, UseCaseError};
use crate::clock::{Clock, Timestamp};
use crate::commit::{ClaimNamespace, Commit, Effects, StreamWrite};
use crate::entropy::Entropy;
use crate::event::{Actor, Event, StreamId, Version};
use crate::ids::{CommitId, OrgId};
use crate::policy::{Caller, Denied};
use crate::port::{CommitError, EventStore, Unavailable};
use crate::text::FreeText;

/// Lost races a command takes before it gives up; each means that somebody else got on.
const ROUNDS: u32 = 32;

/// What a command on a stream did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The aggregate's id.
    pub aggregate_id: String,
    /// The stream's version now.
    pub version: Version,
    /// The command's event; none when there was nothing to do.
    pub event: Option<Event>,
}

/// An answer, and whether it was given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<T> {
    /// The answer.
    pub value: T,
    /// Is this the answer to an earlier, equal request?
    pub replayed: bool,
}

/// What a decision writes to the command's stream.
pub(crate) struct Decision {
    pub(crate) stream: StreamId,
    pub(crate) expected: Version,
    pub(crate) org: OrgId,
    pub(crate) reason: Option<FreeText>,
    pub(crate) effects: Effects,
}

impl Decision {
    fn done(&self) -> Done {
        Done {
            aggregate_id: self.stream.id().to_owned(),
            version: self.expected.after(self.effects.events.len()),
            event: self.effects.events.last().cloned(),
        }
    }
}

/// What a command's answer can be made of, known before it is written.
pub(crate) struct Settled<'a, S> {
    pub(crate) state: &'a S,
    pub(crate) actor: &'a Actor,
    pub(crate) at: Timestamp,
    pub(crate) done: Done,
}

/// Why a command decided against.
pub(crate) enum Against<R> {
    NotFound(StreamId),
    Refused(R),
}

impl<R> From<R> for Against<R> {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal)
    }
}

/// A command on one stream. The parts are called in the order they stand here.
#[async_trait]
pub(crate) trait Command: Send + Sync {
    type State: Send + Sync;
    type Refusal: std::error::Error + Serialize + DeserializeOwned + Send + Sync + 'static;

    async fn load(&self) -> Result<Self::State, Unavailable>;
    fn authorise(&self, caller: &Caller, state: &Self::State) -> Result<Actor, Denied>;
    /// Version of the stream the caller's `If-Match` is about.
    fn version(&self, state: &Self::State) -> Version;
    fn decide(&self, state: &Self::State, now: Timestamp) -> Result<Decision, Against<Self::Refusal>>;
    /// Is the refusal a fault of the request itself? It is not remembered then: mended, the request may come again under
    /// its key.
    fn is_fault(refusal: &Self::Refusal) -> bool {
        let _ = refusal;
        false
    }
    /// The refusal a name taken by somebody else means.
    fn taken(&self, namespace: ClaimNamespace) -> Option<Self::Refusal> {
        let _ = namespace;
        None
    }
}

/// What became of a command up to its decision.
pub(crate) enum Weighed<S, R: std::error::Error + 'static> {
    /// It is answered: a repeat, not allowed, refused.
    Answered(Answered<Done, R>),
    /// Nothing stands in the way.
    Open(S, Actor),
}

/// Where a command stands that is not answered by what was answered before.
enum Approach<S, T, R: std::error::Error + 'static> {
    Answered(Answered<T, R>),
    Open(S, Actor),
}

/// The ports every command needs.
#[derive(Clone)]
pub struct Commands {
    /// Where commits go.
    pub events: Arc<dyn EventStore>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub entropy: Arc<dyn Entropy>,
}

impl Commands {
    /// A new commit id.
    pub(crate) fn commit_id(&self, now: Timestamp) -> CommitId {
        CommitId::new(now, self.entropy.as_ref())
    }

    /// Writes what belongs to no stream and is no history: sessions, counters, spent codes. What an operator allowed only
    /// while that one is signed in.
    pub(crate) async fn write(
        &self,
        request: &Request,
        actor: Actor,
        mut effects: Effects,
        now: Timestamp,
    ) -> Result<(), NotWritten> {
        let signed_in = StillSignedIn::of(request, &actor);
        signed_in.guard(&mut effects)?;
        let commit = Commit {
            id: self.commit_id(now),
            stream: None,
            effects,
            idempotency: None,
            meta: request.metadata(actor, None, now),
        };
        match self.events.commit(commit).await {
            Ok(()) => Ok(()),
            Err(CommitError::Unavailable(unavailable)) => Err(unavailable.into()),
            Err(lost) if signed_in.is_lost(&lost) => Err(Denied.into()),
            Err(_) => Err(NotWritten::LostRace),
        }
    }

    /// Runs a command. One that an operator allowed takes effect only while that one is signed in; `Denied` otherwise.
    pub(crate) async fn run<C: Command>(&self, command: &C, request: &Request) -> Answered<Done, C::Refusal> {
        self.run_telling(command, request, |settled| settled.done).await
    }

    /// Runs a command that tells more than what it did to its stream. What `tell` makes is what is remembered, so a
    /// repeat is told the same, secrets shown once included.
    pub(crate) async fn run_telling<C, T>(
        &self,
        command: &C,
        request: &Request,
        tell: impl Fn(Settled<'_, C::State>) -> T + Send + Sync,
    ) -> Answered<T, C::Refusal>
    where
        C: Command,
        T: Serialize + DeserializeOwned + Send,
    {
        for _ in 0..ROUNDS {
            let (state, actor) = match self.approach(command, request).await {
                Approach::Answered(answer) => return answer,
                Approach::Open(state, actor) => (state, actor),
            };
            let now = self.clock.now();
            let decided = command.decide(&state, now).map(|decision| {
                let told = tell(Settled { state: &state, actor: &actor, at: now, done: decision.done() });
                (told, decision)
            });
            if let Ok(answer) = self.settle(command, request, actor, now, decided).await {
                return answer;
            }
        }
        Err(UseCaseError::Conflict)
    }

    /// Takes a command up to its decision and writes nothing but a refusal to be remembered: for commands with remote
    /// steps, which come before what is written of them. The command is run when they are done, and decides again.
    pub(crate) async fn weigh<C: Command>(&self, command: &C, request: &Request) -> Weighed<C::State, C::Refusal> {
        for _ in 0..ROUNDS {
            let (state, actor) = match self.approach(command, request).await {
                Approach::Answered(answer) => return Weighed::Answered(answer),
                Approach::Open(state, actor) => (state, actor),
            };
            let now = self.clock.now();
            let Err(against) = command.decide(&state, now) else { return Weighed::Open(state, actor) };
            if let Ok(answer) = self.settle(command, request, actor, now, Err(against)).await {
                return Weighed::Answered(answer);
            }
        }
        Weighed::Answered(Err(UseCaseError::Conflict))
    }

    async fn approach<C, T>(&self, command: &C, request: &Request) -> Approach<C::State, T, C::Refusal>
    where
        C: Command,
        T: DeserializeOwned,
    {
        let looked = async {
            let state = command.load().await?;
            let actor = command.authorise(&request.caller, &state)?;
            if let Some(key) = &request.idempotency
                && let Some(recalled) = self.events.recall(&key.scope).await?
            {
                return Ok(Approach::Answered(replay(key, &recalled)));
            }
            if request.if_match != IfMatch::None && !request.if_match.allows(command.version(&state)) {
                return Err(UseCaseError::Stale);
            }
            Ok(Approach::Open(state, actor))
        };
        looked.await.unwrap_or_else(|error| Approach::Answered(Err(error)))
    }

    async fn settle<C, T>(
        &self,
        command: &C,
        request: &Request,
        actor: Actor,
        now: Timestamp,
        decided: Result<(T, Decision), Against<C::Refusal>>,
    ) -> Result<Answered<T, C::Refusal>, LostRace>
    where
        C: Command,
        T: Serialize + DeserializeOwned + Send,
    {
        let (answer, stream, reason, mut effects) = match decided {
            Ok((told, decision)) => {
                let write = StreamWrite { stream: decision.stream, expected: decision.expected, org: decision.org };
                (Answer::Done(told), Some(write), decision.reason, decision.effects)
            }
            Err(Against::NotFound(stream)) => {
                let answer = Answer::NotFound { kind: stream.kind(), id: stream.id().to_owned() };
                (answer, None, None, Effects::default())
            }
            Err(Against::Refused(refusal)) if C::is_fault(&refusal) => {
                return Ok(Err(UseCaseError::Refused { refusal, replayed: None }));
            }
            Err(Against::Refused(refusal)) => (Answer::Refused(refusal), None, None, Effects::default()),
        };
        let remembered = Remembered { request: request.id.clone(), answer };
        let nothing_to_write = effects == Effects::default();
        if nothing_to_write && request.idempotency.is_none() {
            return Ok(remembered.into_answer(false));
        }
        let signed_in = StillSignedIn::of(request, &actor);
        if let Err(denied) = signed_in.guard(&mut effects) {
            return Ok(Err(denied.into()));
        }
        let idempotency = match request.idempotency.map(|key| remembered.record(key, now)).transpose() {
            Ok(record) => record,
            Err(unavailable) => return Ok(Err(unavailable.into())),
        };
        let commit = Commit {
            id: self.commit_id(now),
            stream: stream.filter(|_| !effects.events.is_empty()),
            effects,
            idempotency,
            meta: request.metadata(actor.clone(), reason, now),
        };
        match self.events.commit(commit).await {
            Ok(()) => Ok(remembered.into_answer(false)),
            Err(lost) if signed_in.is_lost(&lost) => Ok(Err(Denied.into())),
            Err(CommitError::Conflict { .. } | CommitError::Lost { .. }) => Err(LostRace),
            Err(CommitError::AlreadyDone(recalled)) => match &request.idempotency {
                Some(key) => Ok(replay(key, &recalled)),
                None => Err(LostRace),
            },
            Err(CommitError::Taken { namespace }) => match command.taken(namespace) {
                Some(refusal) => {
                    Ok(self.remember_refusal(request, actor, refusal, now).await.unwrap_or_else(|e| Err(e.into())))
                }
                None => Err(LostRace),
            },
            Err(CommitError::Unavailable(unavailable)) => Ok(Err(unavailable.into())),
        }
    }
}

/// Somebody else was faster; load and decide again.
struct LostRace;

/// Why what belongs to no stream was not written.
#[derive(Debug, Error)]
pub(crate) enum NotWritten {
    /// The operator it was written for is signed in no more.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Somebody else was faster; look again.
    #[error("somebody else was faster")]
    LostRace,
    /// The store cannot say or cannot write.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
