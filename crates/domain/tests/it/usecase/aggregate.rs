//! Aggregates that change while they are read.

use std::sync::Arc;

use portcullis_domain::event::Version;
use portcullis_domain::ids::UserId;
use portcullis_domain::mocks::{MockEventStore, MockLockAccess};
use portcullis_domain::port::{EventStore, LockAccess};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::history::{AggregateState, ReadAggregate, WholeAggregate};
use portcullis_testkit::build::{a_lock, a_person, granted};
use portcullis_testkit::memory::MemoryStore;

use super::world::{World, staff};

/// Gives somebody one more lock.
async fn changes(store: &MemoryStore, user: UserId) {
    let lock = a_lock().put(store).await;
    granted(user, &lock).put(store).await;
}

/// The memory store, changed before each of the reads of events.
fn events_late(store: Arc<MemoryStore>, user: UserId) -> MockEventStore {
    let mut events = MockEventStore::new();
    events.expect_load().returning(move |stream, range, limit| {
        let runtime = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| {
            runtime.block_on(async {
                changes(&store, user).await;
                store.load(stream, range, limit).await
            })
        })
    });
    events
}

/// The memory store, changed before so many of the reads of grants.
fn grants_late(store: Arc<MemoryStore>, times: usize) -> MockLockAccess {
    let mut locks = MockLockAccess::new();
    let mut left = times;
    locks.expect_grants_of().returning(move |user| {
        let runtime = tokio::runtime::Handle::current();
        let is_late = left > 0;
        left = left.saturating_sub(1);
        tokio::task::block_in_place(|| {
            runtime.block_on(async {
                if is_late {
                    changes(&store, user).await;
                }
                store.grants_of(user).await
            })
        })
    });
    locks
}

fn grants(whole: &WholeAggregate) -> usize {
    let Some(AggregateState::User { grants, .. }) = &whole.state else { panic!("no state") };
    grants.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_is_told_that_the_state_does_not_have() {
    let world = World::new();
    let user = a_person().put(world.store.as_ref()).await;
    let events = Arc::new(events_late(world.store.clone(), user));
    let store = || world.store.clone();
    let reading = ReadAggregate::new(events, store(), store(), store(), store(), store());
    let whole = reading.execute(&staff(), &user.into(), 10).await.unwrap();
    assert_eq!((whole.version, whole.events.len(), grants(&whole)), (Version::new(1), 1, 0));
    let whole = reading.execute(&staff(), &user.into(), 1).await.unwrap();
    assert_eq!((whole.version, whole.events.len(), grants(&whole)), (Version::new(2), 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_with_the_grants_of_the_same_version() {
    let world = World::new();
    let store = || world.store.clone();
    let user = a_person().put(world.store.as_ref()).await;
    let reading = ReadAggregate::new(store(), store(), Arc::new(grants_late(store(), 2)), store(), store(), store());
    let whole = reading.execute(&staff(), &user.into(), 10).await.unwrap();
    assert_eq!((whole.version, whole.events.len(), grants(&whole)), (Version::new(3), 3, 2));
    let restless = Arc::new(grants_late(store(), usize::MAX));
    let reading = ReadAggregate::new(store(), store(), restless, store(), store(), store());
    let restless = reading.execute(&staff(), &user.into(), 10).await;
    assert!(matches!(restless, Err(UseCaseError::Conflict)), "{restless:?}");
}
