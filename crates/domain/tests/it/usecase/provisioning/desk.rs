//! A process' line to the store, on which it can be interrupted anywhere.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use portcullis_domain::commit::{Commit, Recalled, WorkChange};
use portcullis_domain::event::{Position, Recorded, StreamId};
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{CommitError, EventStore, Unavailable, VersionRange};
use portcullis_testkit::memory::MemoryStore;

use super::act::Write;
use super::line::{Process, pause};

/// The fate of the nth commit from now on; all others go well.
#[derive(Default)]
pub(super) struct Writes {
    left: AtomicUsize,
    done: AtomicUsize,
    next: Mutex<Option<Write>>,
}

impl Writes {
    pub(super) fn foresee(&self, nth: usize, fate: Write) {
        self.left.store(nth, Ordering::SeqCst);
        *self.next.lock().unwrap() = Some(fate);
    }

    /// How many commits there were so far.
    pub(super) fn done(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }

    fn next(&self) -> Write {
        let mut next = self.next.lock().unwrap();
        match self.left.load(Ordering::SeqCst) {
            0 => next.take().unwrap_or(Write::Well),
            left => {
                self.left.store(left - 1, Ordering::SeqCst);
                Write::Well
            }
        }
    }
}

/// One process' line to the store.
pub(super) struct Desk {
    pub(super) store: Arc<MemoryStore>,
    pub(super) fates: Arc<Writes>,
    pub(super) process: Arc<Process>,
    /// Everybody there is.
    pub(super) people: Vec<UserId>,
}

#[async_trait]
impl EventStore for Desk {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        for change in &commit.effects.work {
            if let WorkChange::Lease { user, .. } = change {
                self.process.holds(self.people.iter().position(|person| person == user));
            }
        }
        pause().await;
        let away = || CommitError::from(Unavailable::new("the database is away"));
        let done = match self.fates.next() {
            Write::Well => self.store.commit(commit).await,
            Write::Refused => Err(away()),
            Write::Unsure => self.store.commit(commit).await.and(Err(away())),
        };
        self.fates.done.fetch_add(1, Ordering::SeqCst);
        pause().await;
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
