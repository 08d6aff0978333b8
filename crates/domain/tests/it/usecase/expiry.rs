//! Ends of windows are written down once, late or not.

use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::event::{ActorKind, Event};
use portcullis_domain::ids::RequestId;
use portcullis_domain::usecase::access::SweepExpired;
use portcullis_testkit::build::{NOON, a_lock_id, a_person, free, granted};

use super::world::{DyingStore, World};

fn id() -> RequestId {
    RequestId::parse("job_test").unwrap()
}

impl World {
    fn sweeping(&self) -> SweepExpired {
        SweepExpired::new(self.commands(), self.store.clone())
    }

    /// Sweeps those who are due; answers how many grants left.
    async fn swept(&self) -> usize {
        let sweeping = self.sweeping();
        let mut gone = 0;
        for user in sweeping.due().await.unwrap() {
            gone += sweeping.sweep(user, &id()).await.unwrap();
        }
        gone
    }
}

#[tokio::test]
async fn what_ended_leaves_with_the_time_it_ended() {
    let world = World::new();
    let store = world.store.as_ref();
    let ada = a_person().org("acme").put(store).await;
    let (first, second, third) = (a_lock_id(), a_lock_id(), a_lock_id());
    let after = |seconds| NOON.plus(Duration::from_secs(seconds));
    granted(ada, &second).until(after(20)).put(store).await;
    granted(ada, &first).until(after(10)).put(store).await;
    granted(ada, &third).until(after(3600)).put(store).await;

    world.clock.set(after(9));
    assert_eq!(world.swept().await, 0);
    world.clock.set(after(600));
    assert_eq!(world.swept().await, 2);
    assert_eq!(world.swept().await, 0);

    let written: Vec<_> = world.store.envelopes().into_iter().skip(4).collect();
    let ends = [(first, after(10)), (second, after(20))];
    assert_eq!(written.len(), ends.len());
    for (envelope, (lock, end)) in written.iter().zip(ends) {
        let Event::AccessibleLockRemoved(removed) = &envelope.event else { panic!("{}", envelope.name) };
        assert_eq!((&removed.lock_id, removed.removed_at), (&lock, end));
        assert_eq!(removed.removed_by.as_str(), "system:expiry");
        assert_eq!((envelope.actor.kind, envelope.actor.id.as_str()), (ActorKind::System, "system:expiry"));
        assert_eq!((envelope.timestamp, envelope.org_id.as_str()), (after(600), "acme"));
        assert_eq!(envelope.reason, Some(free("validity window ended")));
    }
}

#[tokio::test]
async fn sweepers_at_once_write_each_end_once() {
    let world = Arc::new(World::new());
    let mut people = Vec::new();
    for _ in 0..100 {
        let user = a_person().put(world.store.as_ref()).await;
        granted(user, &a_lock_id()).until(NOON.plus(Duration::from_secs(1))).put(world.store.as_ref()).await;
        people.push(user);
    }
    world.clock.set(NOON.plus(Duration::from_secs(1)));
    let sweeper = || {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            let mut gone = 0;
            while !world.sweeping().due().await.unwrap().is_empty() {
                gone += world.swept().await;
            }
            gone
        })
    };
    let (one, two, three) = (sweeper(), sweeper(), sweeper());
    let gone = one.await.unwrap() + two.await.unwrap() + three.await.unwrap();
    assert_eq!(gone, people.len());
    for user in people {
        assert_eq!(world.told(user), ["UserCreated", "AccessibleLockAdded", "AccessibleLockRemoved"]);
    }
}

#[tokio::test]
async fn a_dead_store_is_told() {
    let world = World::new();
    let user = a_person().put(world.store.as_ref()).await;
    granted(user, &a_lock_id()).until(NOON).put(world.store.as_ref()).await;
    let dead = Arc::new(DyingStore::after(world.store.clone(), 0));
    let sweeping = SweepExpired::new(world.commands_on(dead), world.store.clone());
    assert!(sweeping.sweep(user, &id()).await.is_err());
    assert_eq!(world.swept().await, 1);
}

/// However many ends somebody has, a commit stays of bounded size, and all are written in the end.
#[tokio::test]
async fn many_ends_of_one_person_are_written_in_parts() {
    let world = World::new();
    let user = a_person().put(world.store.as_ref()).await;
    for _ in 0..150 {
        granted(user, &a_lock_id()).until(NOON).put(world.store.as_ref()).await;
    }
    let mut parts = Vec::new();
    while let gone @ 1.. = world.swept().await {
        parts.push(gone);
    }
    assert_eq!(parts, [100, 50]);
}
