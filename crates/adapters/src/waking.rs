//! Telling the relay of this process that there is something to deliver.

use std::sync::Arc;

use async_trait::async_trait;
use portcullis_domain::commit::{Commit, Recalled, WorkChange};
use portcullis_domain::event::{Position, Recorded, StreamId};
use portcullis_domain::port::{CommitError, EventStore, Unavailable, VersionRange};
use tokio::sync::Notify;

/// A store that wakes whoever waits for messages once a commit that queued one is written, so that the message leaves at
/// once and not when the outbox is next looked at.
pub struct WakingStore {
    store: Arc<dyn EventStore>,
    queued: Arc<Notify>,
}

impl WakingStore {
    /// Puts itself before a store.
    pub fn new(store: Arc<dyn EventStore>, queued: Arc<Notify>) -> Self {
        Self { store, queued }
    }
}

#[async_trait]
impl EventStore for WakingStore {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let retries = commit.effects.work.iter().any(|change| matches!(change, WorkChange::OutboxRetried { .. }));
        let queues = retries || !commit.effects.outbox.is_empty();
        let done = self.store.commit(commit).await;
        if queues && done.is_ok() {
            self.queued.notify_one();
        }
        done
    }

    async fn recall(&self, scope: &[u8; 32]) -> Result<Option<Recalled>, Unavailable> {
        self.store.recall(scope).await
    }

    async fn load(&self, stream: &StreamId, range: VersionRange, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        self.store.load(stream, range, limit).await
    }

    async fn read_from(&self, after: Position, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        self.store.read_from(after, limit).await
    }
}
