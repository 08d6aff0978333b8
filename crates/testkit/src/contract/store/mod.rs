//! The contract of a store: every store-side port, and what they promise together.

pub mod access;
pub mod administrators;
pub mod append;
pub mod at_once;
pub mod atomicity;
pub mod camera_roles;
pub mod cameras;
pub mod deleted;
pub mod factors;
pub mod failures;
pub mod holders;
pub mod idempotency;
pub mod keys;
pub mod locks;
pub mod outbox;
pub mod past_grants;
pub mod people;
pub mod permissions;
mod picture;
pub mod races;
pub mod refusals;
pub mod registry;
pub mod sessions;
pub mod sign_ins;
pub mod tokens;
pub mod views;

use portcullis_domain::event::{Event, Position, Recorded, StreamId};
use portcullis_domain::ids::LockId;
use portcullis_domain::port::{CommitError, VersionRange};

use super::StoreHarness;
use crate::build::{a_lock, granted};

const MANY: u32 = 100_000;

/// Every event there is.
async fn everything(h: &dyn StoreHarness) -> Vec<Recorded> {
    h.events().read_from(Position::START, MANY).await.expect("the store answers")
}

/// Every event of a stream.
async fn stream(h: &dyn StoreHarness, id: impl Into<StreamId>) -> Vec<Recorded> {
    h.events().load(&id.into(), VersionRange::ALL, MANY).await.expect("the store answers")
}

/// Positions without a gap from 1, versions of each stream without a gap from 1.
#[track_caller]
fn assert_contiguous(events: &[Recorded]) {
    let mut versions = std::collections::BTreeMap::new();
    for (expected, event) in (1..).zip(events) {
        assert_eq!(event.position.number(), expected, "positions are contiguous from 1");
        let version: &mut u64 = versions.entry(event.stream.clone()).or_default();
        *version += 1;
        assert_eq!(event.version.number(), *version, "versions of {} are contiguous from 1", event.stream);
    }
}

#[track_caller]
fn assert_conflict(answer: &Result<(), CommitError>, on: impl Into<StreamId>) {
    let on = on.into();
    assert!(matches!(answer, Err(CommitError::Conflict { stream }) if *stream == on), "{answer:?}, not a conflict");
}

#[track_caller]
fn assert_unavailable(answer: &Result<(), CommitError>) {
    assert!(matches!(answer, Err(CommitError::Unavailable(_))), "{answer:?}, not unavailable");
}

/// An event of a lock's stream, any number of which may follow each other as far as a store is concerned.
fn an_event(lock: &LockId) -> Event {
    a_lock().id(lock.clone()).event()
}

/// An event that contains a text.
fn an_event_with(text: &str) -> Event {
    granted(crate::build::a_user_id(), &crate::build::a_lock_id()).lock_name(text).event().into()
}
