//! Trying a message again that was given up.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Timestamp;
use crate::commit::{Commit, Effects, Guard, GuardKey, WorkChange};
use crate::event::{Actor, Version};
use crate::ids::OutboxId;
use crate::policy::{Action, Resource, allows};
use crate::port::{CommitError, Outbox, OutboxRecord, OutboxState, Unavailable};
use crate::usecase::remember::{Answer, Answered, Remembered, replay};
use crate::usecase::{Commands, Outcome, Request, UseCaseError};

/// Lost races before it gives up; each means that the message was taken meanwhile.
const ROUNDS: u32 = 4;

/// Why a message is not tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutboxRefusal {
    /// It never was, or is pruned.
    #[error("there is no such message")]
    NoSuchMessage,
    /// It is tried again anyway.
    #[error("the message waits and is tried again by itself")]
    Waiting,
    /// It left.
    #[error("the message was delivered")]
    Delivered,
    /// There is nothing to try again with: its person was deleted, or an earlier release gave it up.
    #[error("the message has no content any more")]
    Emptied,
}

/// Lets a message wait again that was given up: it is due at once, and has as many tries as a new one.
///
/// Refused: [`OutboxRefusal`]. The version `If-Match` is about is the number of tries: whoever names it is not told done of a
/// message that was tried once more meanwhile.
pub struct RetryMessage {
    commands: Commands,
    outbox: Arc<dyn Outbox>,
}

impl RetryMessage {
    /// Wires the use case.
    pub fn new(commands: Commands, outbox: Arc<dyn Outbox>) -> Self {
        Self { commands, outbox }
    }

    /// Does it; answers the message as it is then.
    pub async fn execute(
        &self,
        request: &Request,
        id: OutboxId,
    ) -> Result<Outcome<OutboxRecord>, UseCaseError<OutboxRefusal>> {
        let actor = allows(&request.caller, Action::ManageOutbox, Resource::Service)?;
        for _ in 0..ROUNDS {
            if let Some(key) = &request.idempotency
                && let Some(recalled) = self.commands.events.recall(&key.scope).await?
            {
                return replay(key, &recalled);
            }
            let record = self.outbox.record(id).await?;
            let tries = record.as_ref().map(|record| Version::new(record.attempts));
            if !request.if_match.allows_maybe(tries) {
                return Err(UseCaseError::Stale);
            }
            let now = self.commands.clock.now();
            match decide(record, now) {
                Err(refusal) => return self.commands.remember_refusal(request, actor, refusal, now).await?,
                Ok(record) => {
                    if let Some(answer) = self.settle(request, actor.clone(), record, now).await? {
                        return answer;
                    }
                }
            }
        }
        Err(UseCaseError::Conflict)
    }

    /// None = somebody else was faster.
    async fn settle(
        &self,
        request: &Request,
        actor: Actor,
        record: OutboxRecord,
        now: Timestamp,
    ) -> Result<Option<Answered<OutboxRecord, OutboxRefusal>>, Unavailable> {
        let effects = Effects {
            guards: vec![Guard::still(GuardKey::Outbox(record.id), record.attempts)],
            work: vec![WorkChange::OutboxRetried { id: record.id, not_before: now }],
            ..Effects::default()
        };
        let remembered = Remembered { request: request.id.clone(), answer: Answer::Done(record) };
        let commit = Commit {
            id: self.commands.commit_id(now),
            stream: None,
            effects,
            idempotency: request.idempotency.map(|key| remembered.record(key, now)).transpose()?,
            meta: request.metadata(actor, None, now),
        };
        match self.commands.events.commit(commit).await {
            Ok(()) => Ok(Some(remembered.into_answer(false))),
            Err(CommitError::Unavailable(unavailable)) => Err(unavailable),
            Err(_) => Ok(None),
        }
    }
}

/// The message as it will be.
fn decide(record: Option<OutboxRecord>, now: Timestamp) -> Result<OutboxRecord, OutboxRefusal> {
    let record = record.ok_or(OutboxRefusal::NoSuchMessage)?;
    match record.state {
        OutboxState::Waiting => Err(OutboxRefusal::Waiting),
        OutboxState::Delivered => Err(OutboxRefusal::Delivered),
        OutboxState::Buried if !record.has_payload => Err(OutboxRefusal::Emptied),
        OutboxState::Buried => {
            Ok(OutboxRecord { state: OutboxState::Waiting, not_before: Some(now), done_at: None, ..record })
        }
    }
}
