//! Remembering answers, so that a repeated request gets the one it had.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Commands, Outcome, Request, UseCaseError};
use crate::clock::Timestamp;
use crate::commit::{Commit, Effects, IdempotencyKey, IdempotencyRecord, Recalled};
use crate::event::{Actor, AggregateKind, StreamId};
use crate::ids::RequestId;
use crate::port::{CommitError, Unavailable};
use crate::secret::Secret;

pub(crate) type Answered<T, R> = Result<Outcome<T>, UseCaseError<R>>;

/// What is remembered of an answer.
#[derive(Serialize, Deserialize)]
pub(crate) struct Remembered<T, R> {
    pub(crate) request: RequestId,
    pub(crate) answer: Answer<T, R>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answer<T, R> {
    Done(T),
    NotFound { kind: AggregateKind, id: String },
    Refused(R),
}

impl Commands {
    /// A refusal found by the store is remembered like one found by the rules.
    pub(crate) async fn remember_refusal<T, R>(
        &self,
        request: &Request,
        actor: Actor,
        refusal: R,
        now: Timestamp,
    ) -> Result<Answered<T, R>, Unavailable>
    where
        T: Serialize + DeserializeOwned + Send,
        R: std::error::Error + Serialize + DeserializeOwned + Send + Sync + 'static,
    {
        let remembered = Remembered { request: request.id.clone(), answer: Answer::Refused(refusal) };
        let Some(key) = request.idempotency else { return Ok(remembered.into_answer(false)) };
        let record = remembered.record(key, now)?;
        Ok(match self.remember(request, actor, record, now).await? {
            None => remembered.into_answer(false),
            Some(recalled) => replay(&key, &recalled),
        })
    }

    /// Writes an answer that came without effects, by a commit of its own; tells the one that was there first, if any.
    pub(crate) async fn remember(
        &self,
        request: &Request,
        actor: Actor,
        record: IdempotencyRecord,
        now: Timestamp,
    ) -> Result<Option<Recalled>, Unavailable> {
        let commit = Commit {
            id: self.commit_id(now),
            stream: None,
            effects: Effects::default(),
            idempotency: Some(record),
            meta: request.metadata(actor, None, now),
        };
        match self.events.commit(commit).await {
            Err(CommitError::AlreadyDone(recalled)) => Ok(Some(*recalled)),
            Err(CommitError::Unavailable(unavailable)) => Err(unavailable),
            // A commit without stream, guards and claims has nothing else to lose.
            Ok(()) | Err(CommitError::Conflict { .. } | CommitError::Lost { .. } | CommitError::Taken { .. }) => {
                Ok(None)
            }
        }
    }
}

impl<T: Serialize, R: Serialize> Remembered<T, R> {
    pub(crate) fn record(&self, key: IdempotencyKey, now: Timestamp) -> Result<IdempotencyRecord, Unavailable> {
        let outcome = serde_json::to_string(self).map_err(Unavailable::new)?;
        Ok(IdempotencyRecord { key, outcome: Secret::new(outcome), expires_at: now.plus(IdempotencyKey::KEPT) })
    }
}

impl<T, R: std::error::Error + 'static> Remembered<T, R> {
    pub(crate) fn into_answer(self, is_replay: bool) -> Answered<T, R> {
        let replayed = is_replay.then_some(self.request);
        match self.answer {
            Answer::Done(value) => Ok(Outcome { value, replayed: is_replay }),
            Answer::NotFound { kind, id } => Err(UseCaseError::NotFound { stream: StreamId::new(kind, id), replayed }),
            Answer::Refused(refusal) => Err(UseCaseError::Refused { refusal, replayed }),
        }
    }
}

/// Gives a remembered answer again.
pub(crate) fn replay<T, R>(key: &IdempotencyKey, recalled: &Recalled) -> Answered<T, R>
where
    T: DeserializeOwned,
    R: std::error::Error + DeserializeOwned + 'static,
{
    if recalled.body != key.body {
        return Err(UseCaseError::KeyReused);
    }
    let remembered: Remembered<T, R> = serde_json::from_str(recalled.outcome.expose()).map_err(Unavailable::new)?;
    remembered.into_answer(true)
}
