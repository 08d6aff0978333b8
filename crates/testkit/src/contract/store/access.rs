//! Who may open what: `LockAccess`.

use std::time::Duration;

use portcullis_domain::access::{AccessLevel, Grant, Window};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::Version;
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::lock::Lock;
use portcullis_domain::port::{AccessSituation, PersonHead};
use portcullis_domain::user::UserStatus;

use super::super::StoreHarness;
use super::an_event;
use crate::build::{
    NOON, a_commit, a_lock, a_lock_id, a_person, a_user_id, free, granted, lock_id, millis, org, take_away,
};

async fn situation(h: &dyn StoreHarness, user: UserId, lock: &LockId) -> AccessSituation {
    h.lock_access().situation(user, lock).await.expect("the store answers")
}

async fn locks_of(h: &dyn StoreHarness, user: UserId) -> Vec<String> {
    let list = h.lock_access().grants_of(user).await.expect("the store answers").expect("known");
    list.grants.into_iter().map(|(grant, _)| grant.lock.as_str().to_owned()).collect()
}

/// Person, grant and lock come at once, each with all that is known.
pub async fn a_situation_has_person_grant_and_lock(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().org("acme").status(UserStatus::Inactive).put(&*events).await;
    let door = a_lock().org("bolt").owner(ada).name(Some("Haustür")).put(&*events).await;
    let at = millis(1_790_000_000_007);
    let grant = granted(ada, &door).level(AccessLevel::Admin).lock_name("Front — №1").by("the owner").at(at);
    grant.from(millis(1)).until(millis(2)).put(&*events).await;
    let expected = AccessSituation {
        person: Some(PersonHead { id: ada, version: Version::new(2), org: org("acme"), status: UserStatus::Inactive }),
        grant: Some(Grant {
            lock: door.clone(),
            lock_name: free("Front — №1"),
            access_level: AccessLevel::Admin,
            granted_by: free("the owner"),
            window: Window::new(Some(millis(1)), Some(millis(2))).expect("a window"),
            granted_at: at,
        }),
        lock: Some(Lock {
            id: door.clone(),
            version: Version::new(1),
            org: org("bolt"),
            name: Some("Haustür".to_owned()),
            owner: Some(ada),
        }),
    };
    assert_eq!(situation(h, ada, &door).await, expected);
}

/// Each of the three may be missing, and that hides none of the others.
pub async fn a_situation_may_lack_any_part(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, bob) = (a_person().put(&*events).await, a_person().put(&*events).await);
    let (door, unregistered) = (a_lock().put(&*events).await, a_lock_id());
    granted(ada, &unregistered).put(&*events).await;
    granted(bob, &door).put(&*events).await;
    let parts = async |user, lock: &LockId| {
        let found = situation(h, user, lock).await;
        (found.person.is_some(), found.grant.is_some(), found.lock.is_some())
    };
    assert_eq!(parts(ada, &unregistered).await, (true, true, false));
    assert_eq!(parts(ada, &door).await, (true, false, true), "somebody else's grant is not shown");
    assert_eq!(parts(a_user_id(), &door).await, (false, false, true));
    assert_eq!(parts(bob, &a_lock_id()).await, (true, false, false));
    assert_eq!(parts(a_user_id(), &a_lock_id()).await, (false, false, false));
}

/// A list is in the order of granting, then of lock ids; it names the organisations of the locks that are registered.
pub async fn grants_come_in_the_order_of_granting(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().put(&*events).await;
    let registered = a_lock().id(lock_id("m")).org("bolt").put(&*events).await;
    let minute = |number| NOON.plus(Duration::from_mins(number));
    for (lock, at) in [("m", minute(2)), ("z", minute(1)), ("c", minute(3)), ("B", minute(3)), ("a", minute(3))] {
        granted(ada, &lock_id(lock)).at(at).put(&*events).await;
    }
    granted(a_person().put(&*events).await, &registered).put(&*events).await;
    let list = h.lock_access().grants_of(ada).await.expect("the store answers").expect("known");
    assert_eq!(list.person.version, Version::new(6));
    assert_eq!(list.person.id, ada);
    let rows: Vec<_> = list.grants.iter().map(|(grant, of_lock)| (grant.lock.as_str(), of_lock.clone())).collect();
    assert_eq!(rows, [("z", None), ("m", Some(org("bolt"))), ("B", None), ("a", None), ("c", None)]);
}

/// Somebody without locks has an empty list; nobody has none.
pub async fn nobody_has_no_list(h: &dyn StoreHarness) {
    let ada = a_person().put(&*h.events()).await;
    assert!(locks_of(h, ada).await.is_empty());
    assert_eq!(h.lock_access().grants_of(a_user_id()).await.expect("the store answers"), None);
}

/// A lock taken away is gone from both sides, and only there; granted again it is back as granted last.
pub async fn a_lock_taken_away_is_gone(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, bob) = (a_person().put(&*events).await, a_person().put(&*events).await);
    let (door, gate) = (lock_id("door"), lock_id("gate"));
    for (user, lock) in [(ada, &door), (ada, &gate), (bob, &door)] {
        granted(user, lock).put(&*events).await;
    }
    take_away(&*events, ada, &door, NOON).await;
    assert_eq!(locks_of(h, ada).await, ["gate"]);
    assert_eq!(situation(h, ada, &door).await.grant, None);
    assert_eq!(situation(h, bob, &door).await.grant.map(|grant| grant.lock), Some(door.clone()));

    let later = NOON.plus(Duration::from_secs(1));
    granted(ada, &door).level(AccessLevel::Guest).at(later).put(&*events).await;
    assert_eq!(locks_of(h, ada).await, ["gate", "door"]);
    let grant = situation(h, ada, &door).await.grant.expect("granted again");
    assert_eq!((grant.access_level, grant.granted_at), (AccessLevel::Guest, later));
}

/// People with grants that are over come in the order of the ends, each once; the end itself counts as over.
pub async fn ends_come_oldest_first(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, bob, cy) =
        (a_person().put(&*events).await, a_person().put(&*events).await, a_person().put(&*events).await);
    let after = |seconds| NOON.plus(Duration::from_secs(seconds));
    for (user, end) in [(ada, 3), (bob, 2), (ada, 1), (cy, 9)] {
        granted(user, &a_lock_id()).until(after(end)).put(&*events).await;
    }
    let endless = a_lock_id();
    granted(cy, &endless).from(after(1)).put(&*events).await;
    let over = async |at, limit| h.lock_access().people_with_expired(at, limit).await.expect("the store answers");
    assert!(over(NOON, 9).await.is_empty());
    assert_eq!(over(after(1), 9).await, [ada]);
    assert_eq!(over(after(3), 9).await, [ada, bob]);
    assert_eq!(over(after(3), 1).await, [ada], "only the oldest end is looked at");
    assert_eq!(over(after(9), 9).await, [ada, bob, cy]);
    assert!(over(after(9), 0).await.is_empty());
    let again = a_lock_id();
    granted(bob, &again).until(after(1)).put(&*events).await;
    take_away(&*events, bob, &again, after(1)).await;
    assert_eq!(over(after(1), 9).await, [ada], "what has left is not over");
}

/// A lock is known once it is registered, with its version.
pub async fn a_lock_is_known_with_its_version(h: &dyn StoreHarness) {
    let events = h.events();
    let door = a_lock_id();
    let known = async || h.lock_access().lock(&door).await.expect("the store answers");
    assert_eq!(known().await, None);
    granted(a_person().put(&*events).await, &door).put(&*events).await;
    assert_eq!(known().await, None, "a grant does not register a lock");
    a_lock().id(door.clone()).name(None).org("acme").put(&*events).await;
    let lock = known().await.expect("registered");
    assert_eq!(lock.version, Version::new(1));
    assert_eq!((lock.name, lock.owner, lock.org), (None, None, org("acme")));
    a_commit().on(&door, Version::new(1)).event(an_event(&door)).put(&*events).await;
    assert_eq!(known().await.expect("registered").version, Version::new(2));
}

/// Windows come back to the millisecond, wherever in time they lie, and expired ones come back, too.
pub async fn windows_come_back_to_the_millisecond(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().put(&*events).await;
    let (first, last) = (millis(i64::MIN), millis(i64::MAX));
    let instants = [first, millis(-1), millis(0), millis(1), millis(1_795_256_100_999), last];
    let mut windows: Vec<(Option<Timestamp>, Option<Timestamp>)> = vec![(None, None)];
    for pair in instants.windows(2) {
        windows.extend([(Some(pair[0]), Some(pair[1])), (Some(pair[0]), None), (None, Some(pair[1]))]);
    }
    for (from, until) in windows {
        let lock = a_lock_id();
        let mut grant = granted(ada, &lock).at(from.or(until).unwrap_or(NOON));
        if let Some(from) = from {
            grant = grant.from(from);
        }
        if let Some(until) = until {
            grant = grant.until(until);
        }
        grant.put(&*events).await;
        let found = situation(h, ada, &lock).await.grant.expect("granted");
        assert_eq!((found.window.from(), found.window.until()), (from, until));
        assert_eq!(found.granted_at, from.or(until).unwrap_or(NOON));
    }
}

/// Text of every allowed kind and length comes back as sent.
pub async fn free_text_comes_back_as_sent(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().put(&*events).await;
    let long = "🔑".repeat(500);
    for text in ["'; DROP TABLE events; --", " spaces around ", "Ünïcode — „quoted“ \"x\" \\ %", &long] {
        let lock = a_lock_id();
        granted(ada, &lock).lock_name(text).by(text).put(&*events).await;
        let found = situation(h, ada, &lock).await.grant.expect("granted");
        assert_eq!((found.lock_name.as_str(), found.granted_by.as_str()), (text, text));
    }
}

/// The locks somebody owns, whatever their organisation and whoever has access; other people's are not among them.
pub async fn owned_locks_come_in_the_order_of_their_ids(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, bob) = (a_person().put(&*events).await, a_person().put(&*events).await);
    for (id, owner) in [("m", Some(ada)), ("b", Some(bob)), ("Z", Some(ada)), ("a", None), ("c", Some(ada))] {
        let lock = a_lock().id(lock_id(id)).org(if id == "c" { "bolt" } else { "acme" });
        let lock = if let Some(owner) = owner { lock.owner(owner) } else { lock };
        lock.put(&*events).await;
    }
    granted(ada, &lock_id("b")).put(&*events).await;
    let owned = h.lock_access().owned_by(ada).await.expect("the store answers");
    let ids: Vec<_> = owned.iter().map(|lock| lock.id.as_str()).collect();
    assert_eq!(ids, ["Z", "c", "m"]);
    for lock in owned {
        assert_eq!(h.lock_access().lock(&lock.id).await.expect("the store answers"), Some(lock));
    }
    for nobody in [a_user_id(), UserId::NOBODY] {
        assert!(h.lock_access().owned_by(nobody).await.expect("the store answers").is_empty());
    }
}
