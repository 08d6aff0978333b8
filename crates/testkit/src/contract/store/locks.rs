//! Locks themselves: `LockAccess::lock` and `details`.

use portcullis_domain::event::{Event, Version};
use portcullis_domain::ids::LockId;
use portcullis_domain::lock::{CreateLock, Lock, LockDetails, LockOrganizationSet, LockOwnerSet, Maker, create};
use portcullis_domain::port::EventStore;

use super::super::StoreHarness;
use crate::build::{CommitBuilder, NOON, a_commit, a_lock, a_lock_id, a_person, org, version_of};

async fn lock(h: &dyn StoreHarness, id: &LockId) -> Lock {
    let details = h.lock_access().details(id).await.expect("the store answers").expect("registered");
    let lock = h.lock_access().lock(id).await.expect("the store answers").expect("registered");
    assert_eq!(details.lock, lock);
    lock
}

async fn write(events: &dyn EventStore, id: &LockId, written: impl IntoIterator<Item = Event>) {
    let expected = version_of(events, &id.into()).await;
    let commit = a_commit().on(id, expected);
    written.into_iter().fold(commit, CommitBuilder::event).put(events).await;
}

/// All that was said when the lock was registered comes back, be it much or nothing.
pub async fn a_lock_comes_with_what_its_maker_says(h: &dyn StoreHarness) {
    let events = h.events();
    let (door, gate) = (a_lock_id(), a_lock_id());
    let details = async |id| h.lock_access().details(id).await.expect("the store answers");
    assert_eq!(details(&door).await, None);
    let text = |text: &str| Some(text.to_owned());
    let command = CreateLock {
        lock: door.clone(),
        org: org("acme"),
        name: text("Front"),
        owner: None,
        index: Some(i64::MIN),
        uuid: text("U-1"),
        serial_number: text("SN '1'"),
        vendor_name: text("Schlösser & Söhne"),
    };
    a_commit().on(&door, Version::NONE).event(create(&command)).put(&*events).await;
    a_lock().id(gate.clone()).put(&*events).await;
    let maker = Maker {
        index: command.index,
        uuid: command.uuid,
        serial_number: command.serial_number,
        vendor_name: command.vendor_name,
    };
    let version = Version::new(1);
    let lock = Lock { id: door.clone(), version, org: command.org, name: command.name, owner: None };
    assert_eq!(details(&door).await, Some(LockDetails { lock, maker, created_at: NOON }));
    assert_eq!(details(&gate).await.map(|details| details.maker), Some(Maker::default()));
}

/// Organisation and owner change each on its own, and an owner can go; everything else stays.
pub async fn a_lock_changes_hands(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, bob) = (a_person().put(&*events).await, a_person().put(&*events).await);
    let door = a_lock().org("acme").owner(ada).name(Some("Front")).put(&*events).await;
    let other = a_lock().org("acme").owner(ada).put(&*events).await;
    let untouched = lock(h, &other).await;
    let hands = async || {
        let lock = lock(h, &door).await;
        assert_eq!(lock.name.as_deref(), Some("Front"));
        (lock.version.number(), lock.org.as_str().to_owned(), lock.owner)
    };
    let lock_id = door.clone();
    write(&*events, &door, [LockOrganizationSet { lock_id, org_id: org("bolt") }.into()]).await;
    assert_eq!(hands().await, (2, "bolt".to_owned(), Some(ada)));
    let owned_by = |user_id| Event::from(LockOwnerSet { lock_id: door.clone(), user_id });
    write(&*events, &door, [owned_by(Some(bob))]).await;
    assert_eq!(hands().await, (3, "bolt".to_owned(), Some(bob)));
    write(&*events, &door, [owned_by(None)]).await;
    assert_eq!(hands().await, (4, "bolt".to_owned(), None));
    write(&*events, &door, [owned_by(Some(ada))]).await;
    assert_eq!(hands().await, (5, "bolt".to_owned(), Some(ada)));
    assert_eq!(lock(h, &other).await, untouched);
}

/// The same, all in one commit: before, with and after what registers the lock.
pub async fn changes_of_hands_within_a_commit_leave_the_last(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().put(&*events).await;
    let (old, new) = (a_lock().org("acme").put(&*events).await, a_lock_id());
    let given_to = |lock: &LockId, id| Event::from(LockOrganizationSet { lock_id: lock.clone(), org_id: org(id) });
    let owned_by = |lock: &LockId, user_id| Event::from(LockOwnerSet { lock_id: lock.clone(), user_id });
    for (id, begin) in [(&old, None), (&new, Some(a_lock().id(new.clone()).event()))] {
        let changes = [
            given_to(id, "bolt"),
            owned_by(id, Some(ada)),
            given_to(id, "core"),
            owned_by(id, None),
            given_to(id, "dune"),
            owned_by(id, Some(ada)),
        ];
        write(&*events, id, begin.into_iter().chain(changes)).await;
        let lock = lock(h, id).await;
        assert_eq!((lock.org, lock.owner), (org("dune"), Some(ada)));
    }
    let live = h.dump_views().await;
    h.rebuild_views().await;
    assert_eq!(h.dump_views().await, live);
}
