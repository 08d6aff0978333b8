//! Commits.

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{
    ClaimChange, ClientTrace, Commit, Effects, Guard, IdempotencyKey, IdempotencyRecord, Metadata, OutboxMessage,
    PrivateChange, StreamWrite, WorkChange,
};
use portcullis_domain::event::{Actor, Event, StreamId, Version};
use portcullis_domain::ids::{CommitId, OrgId, RequestId};
use portcullis_domain::port::{CommitError, EventStore, VersionRange};
use portcullis_domain::secret::Secret;

use super::{NOON, a_commit_id, a_number, free, org};

/// Who, why and from where: a test, at an instant.
pub fn metadata(at: Timestamp) -> Metadata {
    Metadata {
        actor: Actor::system("test"),
        reason: Some(free("because the test says so")),
        request: RequestId::parse(format!("req_{}", a_number())).expect("a short id"),
        causation: None,
        at,
        client: Some(ClientTrace { address: Some("192.0.2.7".to_owned()), user_agent: Some("testkit".to_owned()) }),
    }
}

/// An answer to remember for a request; scope and body are all bytes the same.
pub fn an_answer(scope: u8, body: u8, outcome: &str, expires_at: Timestamp) -> IdempotencyRecord {
    IdempotencyRecord {
        key: IdempotencyKey { scope: [scope; 32], body: [body; 32] },
        outcome: Secret::new(outcome.to_owned()),
        expires_at,
    }
}

/// The version of a stream, by its events.
pub async fn version_of(store: &dyn EventStore, stream: &StreamId) -> Version {
    let events = store.load(stream, VersionRange::ALL, i32::MAX.unsigned_abs()).await.expect("the store answers");
    events.last().map_or(Version::NONE, |event| event.version)
}

/// A commit that does nothing yet.
pub fn a_commit() -> CommitBuilder {
    CommitBuilder {
        commit: Commit {
            id: a_commit_id(),
            stream: None,
            effects: Effects::default(),
            idempotency: None,
            meta: metadata(NOON),
        },
    }
}

/// Builds a [`Commit`].
#[derive(Debug, Clone)]
pub struct CommitBuilder {
    commit: Commit,
}

impl CommitBuilder {
    /// With this id.
    #[must_use]
    pub fn id(mut self, id: CommitId) -> Self {
        self.commit.id = id;
        self
    }

    /// To this stream, which must be at this version.
    #[must_use]
    pub fn on(mut self, stream: impl Into<StreamId>, expected: Version) -> Self {
        let org = self.commit.stream.map_or_else(|| org("default"), |write| write.org);
        self.commit.stream = Some(StreamWrite { stream: stream.into(), expected, org });
        self
    }

    /// The stream's organisation.
    #[must_use]
    pub fn of(mut self, org: OrgId) -> Self {
        self.commit.stream.as_mut().expect("name the stream first").org = org;
        self
    }

    /// Takes all effects over in place of those so far.
    #[must_use]
    pub fn effects(mut self, effects: Effects) -> Self {
        self.commit.effects = effects;
        self
    }

    /// One more event.
    #[must_use]
    pub fn event(mut self, event: impl Into<Event>) -> Self {
        self.commit.effects.events.push(event.into());
        self
    }

    /// Relies on another stream.
    #[must_use]
    pub fn unchanged(mut self, stream: impl Into<StreamId>, version: Version) -> Self {
        self.commit.effects.unchanged.push((stream.into(), version));
        self
    }

    /// Takes a name or lets it go.
    #[must_use]
    pub fn claim(mut self, change: ClaimChange) -> Self {
        self.commit.effects.claims.push(change);
        self
    }

    /// Compares a number.
    #[must_use]
    pub fn guard(mut self, guard: Guard) -> Self {
        self.commit.effects.guards.push(guard);
        self
    }

    /// Changes a private row.
    #[must_use]
    pub fn private(mut self, change: PrivateChange) -> Self {
        self.commit.effects.private.push(change);
        self
    }

    /// Changes a work row.
    #[must_use]
    pub fn work(mut self, change: WorkChange) -> Self {
        self.commit.effects.work.push(change);
        self
    }

    /// Queues a message.
    #[must_use]
    pub fn message(mut self, message: OutboxMessage) -> Self {
        self.commit.effects.outbox.push(message);
        self
    }

    /// Remembers an answer.
    #[must_use]
    pub fn answer(mut self, record: IdempotencyRecord) -> Self {
        self.commit.idempotency = Some(record);
        self
    }

    /// At this instant.
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.commit.meta.at = at;
        self
    }

    /// With this metadata.
    #[must_use]
    pub fn meta(mut self, meta: Metadata) -> Self {
        self.commit.meta = meta;
        self
    }

    /// The commit.
    pub fn build(self) -> Commit {
        self.commit
    }

    /// Hands it in.
    pub async fn commit(self, store: &dyn EventStore) -> Result<(), CommitError> {
        store.commit(self.commit).await
    }

    /// Hands it in and expects it to be written.
    pub async fn put(self, store: &dyn EventStore) {
        self.commit(store).await.expect("the store writes what the test builds");
    }
}
