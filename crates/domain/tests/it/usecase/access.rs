//! Granting and taking away, as callers meet it.

use std::time::Duration;

use portcullis_domain::access::{AccessLevel, AccessRefusal, AddAccess, RemoveAccess, Window};
use portcullis_domain::event::{ActorKind, Version};
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::usecase::access::{AccessibleLocks, AddAccessibleLock, RemoveAccessibleLock};
use portcullis_domain::usecase::{IfMatch, Request, UseCaseError};
use portcullis_testkit::build::{NOON, a_lock, a_lock_id, a_person, a_user_id, free, granted, version_of};

use super::world::{World, key_of, keyed, person, request, staff};

fn removal(user: UserId, lock: &LockId) -> RemoveAccess {
    RemoveAccess { user, lock: lock.clone(), removed_by: free("desk"), reason: free("moved out") }
}

fn addition(user: UserId, lock: &LockId) -> AddAccess {
    AddAccess {
        user,
        lock: lock.clone(),
        lock_name: free("Door"),
        access_level: AccessLevel::User,
        granted_by: free("desk"),
        window: Window::default(),
    }
}

impl World {
    fn removing(&self) -> RemoveAccessibleLock {
        RemoveAccessibleLock::new(self.commands(), self.store.clone())
    }

    fn adding(&self) -> AddAccessibleLock {
        AddAccessibleLock::new(self.commands(), self.store.clone())
    }
}

#[tokio::test]
async fn a_lock_is_taken_away_once() {
    let world = World::new();
    let (user, lock) = (a_person().put(world.store.as_ref()).await, a_lock_id());
    granted(user, &lock).put(world.store.as_ref()).await;

    let done = world.removing().execute(&request(staff()), removal(user, &lock)).await.unwrap();
    assert_eq!(done.value.version, Version::new(3));
    let envelope = world.store.envelopes().pop().unwrap();
    assert_eq!(envelope.actor.kind, ActorKind::Staff);
    assert_eq!(envelope.reason, Some(free("moved out")));

    let again = world.removing().execute(&request(staff()), removal(user, &lock)).await;
    assert!(matches!(again, Err(UseCaseError::Refused { refusal: AccessRefusal::NotGranted, .. })));
    assert_eq!(world.told(user).len(), 3);
}

#[tokio::test]
async fn a_key_reaches_its_own_locks_only() {
    let world = World::new();
    let store = world.store.as_ref();
    let user = a_person().org("elsewhere").put(store).await;
    let (own, other) = (a_lock().org("acme").put(store).await, a_lock().org("rival").put(store).await);
    let unregistered = a_lock_id();
    for lock in [&own, &other, &unregistered] {
        granted(user, lock).put(store).await;
    }
    let key = request(key_of("acme"));
    world.removing().execute(&key, removal(user, &own)).await.unwrap();
    for lock in [&other, &unregistered] {
        let refused = world.removing().execute(&key, removal(user, lock)).await;
        assert!(matches!(refused, Err(UseCaseError::Denied(_))));
    }
    let list = AccessibleLocks::new(world.store.clone(), world.clock.clone());
    assert!(list.execute(&key.caller, user).await.unwrap().grants.is_empty(), "another's locks are shown");
    assert_eq!(list.execute(&person(user), user).await.unwrap().grants.len(), 2);
}

#[tokio::test]
async fn a_stranger_learns_nothing() {
    let world = World::new();
    let (user, lock) = (a_person().put(world.store.as_ref()).await, a_lock_id());
    let stranger = request(person(a_user_id()));
    for target in [user, a_user_id(), UserId::NOBODY] {
        let refused = world.removing().execute(&stranger, removal(target, &lock)).await;
        assert!(matches!(refused, Err(UseCaseError::Denied(_))));
    }
    let own = world.removing().execute(&request(person(user)), removal(user, &lock)).await;
    assert!(matches!(own, Err(UseCaseError::Refused { .. })));
}

#[tokio::test]
async fn an_expired_grant_leaves_before_a_new_one_comes() {
    let world = World::new();
    let (user, lock) = (a_person().put(world.store.as_ref()).await, a_lock_id());
    let until = NOON.plus(Duration::from_mins(1));
    granted(user, &lock).until(until).put(world.store.as_ref()).await;
    let early = world.adding().execute(&request(staff()), addition(user, &lock)).await;
    assert!(matches!(early, Err(UseCaseError::Refused { refusal: AccessRefusal::AlreadyGranted, .. })));

    world.clock.set(until);
    let gone = world.removing().execute(&request(staff()), removal(user, &lock)).await;
    assert!(matches!(gone, Err(UseCaseError::Refused { refusal: AccessRefusal::NotGranted, .. })));
    let done = world.adding().execute(&request(staff()), addition(user, &lock)).await.unwrap();
    assert_eq!(done.value.version, Version::new(4));
    let names = ["UserCreated", "AccessibleLockAdded", "AccessibleLockRemoved", "AccessibleLockAdded"];
    assert_eq!(world.told(user), names);
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_also_when_that_was_a_refusal() {
    let world = World::new();
    let (user, lock) = (a_person().put(world.store.as_ref()).await, a_lock_id());
    granted(user, &lock).put(world.store.as_ref()).await;
    let plain = request(staff());

    let first = world.removing().execute(&keyed(&plain, 1, 1), removal(user, &lock)).await.unwrap();
    let second = world.removing().execute(&keyed(&plain, 1, 1), removal(user, &lock)).await.unwrap();
    assert!(!first.replayed && second.replayed);
    assert_eq!(first.value, second.value);
    let other_body = world.removing().execute(&keyed(&plain, 1, 2), removal(user, &lock)).await;
    assert!(matches!(other_body, Err(UseCaseError::KeyReused)));

    let refused = world.removing().execute(&keyed(&plain, 2, 1), removal(user, &lock)).await;
    assert!(matches!(refused, Err(UseCaseError::Refused { replayed: None, .. })));
    granted(user, &lock).put(world.store.as_ref()).await;
    let replayed = world.removing().execute(&keyed(&plain, 2, 1), removal(user, &lock)).await;
    assert!(matches!(replayed, Err(UseCaseError::Refused { replayed: Some(_), .. })));

    let unknown = world.removing().execute(&keyed(&plain, 3, 1), removal(a_user_id(), &lock)).await;
    assert!(matches!(unknown, Err(UseCaseError::NotFound { replayed: None, .. })));
    let unknown = world.removing().execute(&keyed(&plain, 3, 1), removal(a_user_id(), &lock)).await;
    assert!(matches!(unknown, Err(UseCaseError::NotFound { replayed: Some(_), .. })));
    assert_eq!(world.told(user).len(), 4);
}

#[tokio::test]
async fn a_condition_comes_before_the_rules() {
    let world = World::new();
    let (user, lock) = (a_person().put(world.store.as_ref()).await, a_lock_id());
    let with = |if_match| Request { if_match, ..request(staff()) };
    let stale = with(IfMatch::AnyOf(vec![Version::new(7)]));
    assert!(matches!(world.removing().execute(&stale, removal(user, &lock)).await, Err(UseCaseError::Stale)));
    granted(user, &lock).put(world.store.as_ref()).await;
    let present = version_of(world.store.as_ref(), &user.into()).await;
    let held = with(IfMatch::AnyOf(vec![Version::new(7), present]));
    world.removing().execute(&held, removal(user, &lock)).await.unwrap();
}

#[tokio::test]
async fn lost_races_are_run_again_and_given_up_in_the_end() {
    let world = World::new();
    let (user, lock) = (a_person().put(world.store.as_ref()).await, a_lock_id());
    granted(user, &lock).put(world.store.as_ref()).await;
    world.store.conflict_next_commits(1000);
    let lost = world.removing().execute(&request(staff()), removal(user, &lock)).await;
    assert!(matches!(lost, Err(UseCaseError::Conflict)));
    world.store.conflict_next_commits(5);
    world.removing().execute(&request(staff()), removal(user, &lock)).await.unwrap();
}
