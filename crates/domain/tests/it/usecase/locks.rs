//! Locks, as callers meet them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_domain::access::{AccessLevel, AddAccess, RemoveAccess, Window};
use portcullis_domain::commit::{Commit, Recalled};
use portcullis_domain::event::{Position, Recorded, StreamId, Version};
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::lock::{LockOrganizationSet, LockOwnerSet, LockRefusal, SetOrganization, SetOwner};
use portcullis_domain::policy::{Caller, OrganisationCaller};
use portcullis_domain::port::{CommitError, EventStore, Unavailable, VersionRange};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::access::{AddAccessibleLock, RemoveAccessibleLock};
use portcullis_domain::usecase::lock::{
    LockAccessQuery, LockHolders, ReadLock, ReadLockEvents, SetLockOrganization, SetLockOwner,
};
use portcullis_domain::user::UserStatus;
use portcullis_testkit::build::{
    NOON, a_commit, a_key_prefix, a_lock, a_lock_id, a_person, a_user_id, free, granted, org,
};
use portcullis_testkit::memory::MemoryStore;

use super::world::{World, key_of, person, request, staff};

fn super_key() -> Caller {
    let key = OrganisationCaller { org: org("head"), key: a_key_prefix(), is_super: true };
    Caller { organisation: Some(key), ..Caller::default() }
}

impl World {
    fn giving(&self) -> SetLockOrganization {
        SetLockOrganization::new(self.commands(), self.store.clone())
    }

    fn owning(&self) -> SetLockOwner {
        SetLockOwner::new(self.commands(), self.store.clone(), self.store.clone())
    }

    /// Which reads of a lock are open to a caller: details, access, events. Those that are not say that there is none.
    async fn open(&self, caller: &Caller, lock: &LockId) -> [bool; 3] {
        let details = ReadLock::new(self.store.clone(), self.clock.clone()).execute(caller, lock).await.map(drop);
        let query = LockAccessQuery { lock: lock.clone(), at: None, after: None, limit: 9 };
        let access = LockHolders::new(self.store.clone(), self.clock.clone()).execute(caller, &query).await.map(drop);
        let events = ReadLockEvents::new(self.store.clone(), self.store.clone());
        let events = events.execute(caller, lock, None).await.map(drop);
        [details, access, events].map(|answer| match answer {
            Ok(()) => true,
            Err(UseCaseError::NotFound { stream, replayed: None }) if stream == lock.into() => false,
            Err(other) => panic!("{other}"),
        })
    }
}

/// A store in which somebody else is quicker once.
struct Overtaken {
    inner: Arc<MemoryStore>,
    first: Mutex<Option<Commit>>,
}

#[async_trait]
impl EventStore for Overtaken {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let first = self.first.lock().unwrap().take();
        if let Some(first) = first {
            self.inner.commit(first).await?;
        }
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

#[tokio::test]
async fn what_was_decided_as_the_lock_changed_hands_is_decided_again() {
    let world = World::new();
    let store = world.store.as_ref();
    let ada = a_person().put(store).await;
    let door = a_lock().org("acme").owner(ada).put(store).await;
    granted(ada, &door).put(store).await;
    let overtaken = |event: portcullis_domain::event::Event, version| {
        let first = a_commit().on(&door, Version::new(version)).event(event).build();
        world.commands_on(Arc::new(Overtaken { inner: world.store.clone(), first: Mutex::new(Some(first)) }))
    };

    let moved = LockOrganizationSet { lock_id: door.clone(), org_id: org("bolt") };
    let removing = RemoveAccessibleLock::new(overtaken(moved.into(), 1), world.store.clone());
    let removal = RemoveAccess { user: ada, lock: door.clone(), removed_by: free("desk"), reason: free("moved out") };
    let late = removing.execute(&request(key_of("acme")), removal.clone()).await;
    assert!(matches!(late, Err(UseCaseError::Denied(_))), "the key's organisation has lost the lock");
    assert_eq!(world.told(ada), ["UserCreated", "AccessibleLockAdded"]);
    removing.execute(&request(key_of("bolt")), removal).await.unwrap();

    let sold = LockOwnerSet { lock_id: door.clone(), user_id: None };
    let adding = AddAccessibleLock::new(overtaken(sold.into(), 2), world.store.clone());
    let addition = AddAccess {
        user: ada,
        lock: door.clone(),
        lock_name: free("Door"),
        access_level: AccessLevel::Owner,
        granted_by: free("me"),
        window: Window::default(),
    };
    let late = adding.execute(&request(person(ada)), addition).await;
    assert!(matches!(late, Err(UseCaseError::Denied(_))), "Ada owns the lock no more");
    assert_eq!(world.told(ada).len(), 3);
}

#[tokio::test]
async fn a_lock_goes_to_another_organisation_by_staff_and_super_keys() {
    let world = World::new();
    let door = a_lock().org("acme").put(world.store.as_ref()).await;
    let to = |lock: &LockId, id| SetOrganization { lock: lock.clone(), org: org(id) };
    for caller in [Caller::default(), key_of("acme"), key_of("bolt"), person(a_user_id())] {
        for lock in [&door, &a_lock_id()] {
            let denied = world.giving().execute(&request(caller.clone()), to(lock, "bolt")).await;
            assert!(matches!(denied, Err(UseCaseError::Denied(_))), "also for a lock that is none");
        }
    }
    let done = world.giving().execute(&request(super_key()), to(&door, "bolt")).await.unwrap().value;
    assert_eq!((done.version, done.event.is_some()), (Version::new(2), true));
    let envelope = world.store.envelopes().pop().unwrap();
    assert_eq!((envelope.name.as_str(), envelope.org_id), ("LockOrganizationSet", org("bolt")));
    let again = world.giving().execute(&request(staff()), to(&door, "bolt")).await.unwrap().value;
    assert_eq!((again.version, again.event), (Version::new(2), None));
    let unknown = world.giving().execute(&request(staff()), to(&a_lock_id(), "bolt")).await;
    assert!(matches!(unknown, Err(UseCaseError::NotFound { .. })));
    assert_eq!(world.open(&key_of("acme"), &door).await, [false; 3]);
    assert_eq!(world.open(&key_of("bolt"), &door).await, [true; 3]);
}

#[tokio::test]
async fn an_owner_is_set_by_whom_the_lock_belongs_to() {
    let world = World::new();
    let store = world.store.as_ref();
    let ada = a_person().put(store).await;
    let door = a_lock().org("acme").put(store).await;
    let to = |lock: &LockId, owner| SetOwner { lock: lock.clone(), owner };
    for caller in [Caller::default(), key_of("bolt"), person(ada)] {
        for lock in [&door, &a_lock_id()] {
            let denied = world.owning().execute(&request(caller.clone()), to(lock, Some(ada))).await;
            assert!(matches!(denied, Err(UseCaseError::Denied(_))), "also for a lock that is none");
        }
    }
    let set = async |caller, owner: Option<UserId>| {
        let done = world.owning().execute(&request(caller), to(&door, owner)).await.unwrap().value;
        (done.version.number(), done.event.is_some())
    };
    assert_eq!(set(key_of("acme"), Some(ada)).await, (2, true));
    assert_eq!(set(super_key(), Some(ada)).await, (2, false));
    let envelope = world.store.envelopes().pop().unwrap();
    assert_eq!((envelope.name.as_str(), envelope.org_id), ("LockOwnerSet", org("acme")));
    assert_eq!(world.open(&person(ada), &door).await, [true; 3]);
    assert_eq!(set(staff(), None).await, (3, true));
    assert_eq!(world.open(&person(ada), &door).await, [false; 3]);
    let nobody = world.owning().execute(&request(staff()), to(&door, Some(a_user_id()))).await;
    assert!(matches!(nobody, Err(UseCaseError::Refused { refusal: LockRefusal::UnknownUser, .. })));
    let unknown = world.owning().execute(&request(staff()), to(&a_lock_id(), Some(ada))).await;
    assert!(matches!(unknown, Err(UseCaseError::NotFound { .. })));
}

#[tokio::test]
async fn a_lock_is_seen_by_those_who_have_to_do_with_it() {
    let world = World::new();
    let store = world.store.as_ref();
    let owner = a_person().put(store).await;
    let door = a_lock().org("acme").owner(owner).put(store).await;
    for caller in [staff(), super_key(), key_of("acme"), person(owner)] {
        assert_eq!(world.open(&caller, &door).await, [true; 3], "{caller:?}");
        assert_eq!(world.open(&caller, &a_lock_id()).await, [false; 3], "{caller:?}");
    }
    for caller in [Caller::default(), key_of("bolt"), person(a_user_id())] {
        assert_eq!(world.open(&caller, &door).await, [false; 3], "{caller:?}");
    }
    let minute = |number| NOON.plus(Duration::from_mins(number));
    let guest = a_person().put(store).await;
    granted(guest, &door).from(minute(10)).until(minute(20)).put(store).await;
    let suspended = a_person().status(UserStatus::Suspended).put(store).await;
    granted(suspended, &door).put(store).await;
    for (now, open) in [(9, false), (10, true), (19, true), (20, false)] {
        world.clock.set(minute(now));
        assert_eq!(world.open(&person(guest), &door).await, [open, false, false], "minute {now}");
        assert_eq!(world.open(&person(suspended), &door).await, [false; 3]);
    }
    let unregistered = a_lock_id();
    granted(guest, &unregistered).put(store).await;
    assert_eq!(world.open(&person(guest), &unregistered).await, [false; 3]);
}

#[tokio::test]
async fn events_come_in_pages_of_ten_the_last_first() {
    let world = World::new();
    let store = world.store.as_ref();
    let door = a_lock().put(store).await;
    let reading = ReadLockEvents::new(world.store.clone(), world.store.clone());
    let page = async |number| {
        let page = reading.execute(&staff(), &door, number).await.unwrap();
        let versions: Vec<_> = page.events.iter().map(|event| event.version.number()).collect();
        (page.version.number(), page.page, page.pages, versions)
    };
    assert_eq!(page(None).await, (1, 1, 1, vec![1]));
    for version in 1..10 {
        let event = LockOwnerSet { lock_id: door.clone(), user_id: Some(a_user_id()) };
        a_commit().on(&door, Version::new(version)).event(event).put(store).await;
    }
    assert_eq!(page(None).await, (10, 1, 1, (1..=10).collect()));
    let event = LockOwnerSet { lock_id: door.clone(), user_id: None };
    a_commit().on(&door, Version::new(10)).event(event).put(store).await;
    assert_eq!(page(None).await, (11, 2, 2, vec![11]));
    assert_eq!(page(Some(1)).await, (11, 1, 2, (1..=10).collect()));
    for beyond in [3, u64::MAX] {
        assert_eq!(page(Some(beyond)).await, (11, beyond, 2, vec![]));
    }
}
