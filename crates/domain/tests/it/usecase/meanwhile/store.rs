//! A store where something happens just before a commit.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use portcullis_domain::commit::{Commit, Recalled};
use portcullis_domain::event::{Position, Recorded, StreamId};
use portcullis_domain::port::{CommitError, EventStore, Unavailable, VersionRange};
use portcullis_testkit::memory::MemoryStore;

use crate::usecase::world::World;

pub(super) type Happening = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A store where something happens once, before the first commit that is handed in here.
pub(super) struct Meanwhile {
    inner: Arc<MemoryStore>,
    happening: tokio::sync::Mutex<Option<Happening>>,
}

impl Meanwhile {
    pub(super) fn with(world: &World, happening: Happening) -> Arc<Self> {
        Arc::new(Self { inner: world.store.clone(), happening: tokio::sync::Mutex::new(Some(happening)) })
    }

    pub(super) async fn happens(&self) {
        if let Some(happening) = self.happening.lock().await.take() {
            happening.await;
        }
    }
}

#[async_trait]
impl EventStore for Meanwhile {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.happens().await;
        self.inner.commit(commit).await
    }

    async fn recall(&self, scope: &[u8; 32]) -> Result<Option<Recalled>, Unavailable> {
        self.inner.recall(scope).await
    }

    async fn load(&self, stream: &StreamId, range: VersionRange, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        self.inner.load(stream, range, limit).await
    }

    async fn read_from(&self, after: Position, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        self.inner.read_from(after, limit).await
    }
}
