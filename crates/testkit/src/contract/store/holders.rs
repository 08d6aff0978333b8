//! Who can open a lock, could, and will: `LockAccess::holders_at`.

use std::time::Duration;

use portcullis_domain::access::{AccessLevel, AccessibleLockRemoved};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::Effects;
use portcullis_domain::event::Event;
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::port::{EventStore, HolderPage};
use portcullis_domain::user::{UserReactivated, UserStatus, UserSuspended};

use super::super::StoreHarness;
use crate::build::{
    NOON, a_commit, a_lock, a_lock_id, a_person, a_user_id, free, granted, removed, take_away, version_of,
};

/// Minutes after noon.
pub(super) fn minute(number: u64) -> Timestamp {
    NOON.plus(Duration::from_mins(number))
}

pub(super) async fn page(
    h: &dyn StoreHarness,
    lock: &LockId,
    at: Timestamp,
    after: Option<UserId>,
    limit: u32,
) -> HolderPage {
    h.lock_access().holders_at(lock, at, after, limit).await.expect("the store answers")
}

/// Everybody who can open a lock at an instant, and the level of each.
pub(super) async fn holders(h: &dyn StoreHarness, lock: &LockId, at: Timestamp) -> Vec<(UserId, AccessLevel)> {
    let page = page(h, lock, at, None, 100).await;
    assert!(!page.more, "a hundred are enough for everybody");
    page.holders.into_iter().map(|holder| (holder.user, holder.grant.access_level)).collect()
}

async fn users(h: &dyn StoreHarness, lock: &LockId, at: Timestamp) -> Vec<UserId> {
    holders(h, lock, at).await.into_iter().map(|(user, _)| user).collect()
}

/// Writes events of a person in one commit.
pub(super) async fn all_at_once(events: &dyn EventStore, user: UserId, at: Timestamp, written: Vec<Event>) {
    let expected = version_of(events, &user.into()).await;
    a_commit().on(user, expected).effects(Effects { events: written, ..Effects::default() }).at(at).put(events).await;
}

async fn suspend(events: &dyn EventStore, user: UserId, at: Timestamp) {
    let (reason, by) = (free("lost phone"), free("the desk"));
    let event = UserSuspended { user_id: user, reason, suspended_by: by, suspended_at: at };
    all_at_once(events, user, at, vec![event.into()]).await;
}

async fn reactivate(events: &dyn EventStore, user: UserId, at: Timestamp) {
    let (reason, by) = (free("found it"), free("the desk"));
    let event = UserReactivated { user_id: user, reason, reactivated_by: by, reactivated_at: at };
    all_at_once(events, user, at, vec![event.into()]).await;
}

/// Told is everybody with a grant of this lock, registered or not, each with the grant as it was made.
pub async fn whoever_has_a_grant_now_can_open(h: &dyn StoreHarness) {
    let events = h.events();
    let door = a_lock_id();
    let (ada, bob) = (a_person().put(&*events).await, a_person().put(&*events).await);
    granted(bob, &door).by("the owner").until(minute(9)).at(minute(1)).put(&*events).await;
    granted(ada, &door).level(AccessLevel::Guest).put(&*events).await;
    granted(ada, &a_lock_id()).put(&*events).await;
    let page = page(h, &door, minute(2), None, 9).await;
    assert_eq!(page.holders.iter().map(|holder| holder.user).collect::<Vec<_>>(), [ada, bob]);
    for holder in page.holders {
        let known = h.lock_access().situation(holder.user, &door).await.expect("the store answers").grant;
        assert_eq!(Some(holder.grant), known);
    }
    assert!(users(h, &a_lock_id(), minute(2)).await.is_empty());
    a_lock().id(door.clone()).put(&*events).await;
    assert_eq!(users(h, &door, minute(2)).await, [ada, bob]);
}

/// A grant counts from the instant it was made to the instant it was gone, that one excluded, and goes on being told
/// for then, however often the person got and lost the lock since.
pub async fn a_past_instant_is_answered_from_the_record(h: &dyn StoreHarness) {
    let events = h.events();
    let door = a_lock_id();
    let (ada, bob) = (a_person().put(&*events).await, a_person().put(&*events).await);
    granted(ada, &door).level(AccessLevel::Guest).at(minute(10)).put(&*events).await;
    granted(ada, &a_lock_id()).at(minute(11)).put(&*events).await;
    take_away(&*events, ada, &door, minute(20)).await;
    granted(ada, &door).level(AccessLevel::Admin).at(minute(30)).put(&*events).await;
    take_away(&*events, ada, &door, minute(40)).await;
    granted(bob, &door).level(AccessLevel::Owner).at(minute(35)).put(&*events).await;
    let second = Duration::from_secs(1);
    let guest = vec![(ada, AccessLevel::Guest)];
    let admin = vec![(ada, AccessLevel::Admin)];
    let owner = vec![(bob, AccessLevel::Owner)];
    let both = [admin.clone(), owner.clone()].concat();
    for (at, expected) in [
        (minute(0), vec![]),
        (minute(9).plus(second), vec![]),
        (minute(10), guest.clone()),
        (minute(19).plus(second), guest),
        (minute(20), vec![]),
        (minute(29), vec![]),
        (minute(30), admin),
        (minute(35), both.clone()),
        (minute(39).plus(second), both),
        (minute(40), owner.clone()),
        (minute(100), owner),
    ] {
        assert_eq!(holders(h, &door, at).await, expected, "at {at}");
    }
    let before = page(h, &door, minute(15), None, 1).await.holders.remove(0).grant;
    assert_eq!((before.lock, before.granted_at, before.granted_by), (door, minute(10), free("the test")));
}

/// Scheduled and expired grants do not count, present and past ones alike: the beginning counts, the end does not.
pub async fn a_window_counts_at_the_instant_asked_about(h: &dyn StoreHarness) {
    let events = h.events();
    let door = a_lock_id();
    let (ada, bob) = (a_person().put(&*events).await, a_person().put(&*events).await);
    granted(ada, &door).from(minute(10)).until(minute(20)).put(&*events).await;
    granted(bob, &door).from(minute(10)).until(minute(20)).put(&*events).await;
    // As the server writes it, late: gone is what expired when it expired.
    let gone = AccessibleLockRemoved { removed_at: minute(20), ..removed(bob, &door) };
    all_at_once(&*events, bob, minute(25), vec![gone.into()]).await;
    for (at, counts) in [(0, false), (9, false), (10, true), (19, true), (20, false), (22, false), (30, false)] {
        let expected = if counts { vec![ada, bob] } else { vec![] };
        assert_eq!(users(h, &door, minute(at)).await, expected, "at minute {at}");
    }
}

/// Inactive and suspended people, and ids nobody has, are not told, whatever grants they have.
pub async fn only_the_active_can_open(h: &dyn StoreHarness) {
    let events = h.events();
    let door = a_lock_id();
    let ada = a_person().put(&*events).await;
    let inactive = a_person().status(UserStatus::Inactive).put(&*events).await;
    let suspended = a_person().status(UserStatus::Suspended).put(&*events).await;
    for user in [ada, inactive, suspended, a_user_id()] {
        granted(user, &door).put(&*events).await;
    }
    assert_eq!(users(h, &door, minute(1)).await, [ada]);
}

/// Who is suspended now could open the lock before; who was suspended then could not, though active now.
pub async fn statuses_of_the_past_count_for_the_past(h: &dyn StoreHarness) {
    let events = h.events();
    let door = a_lock_id();
    let (ada, bob) = (a_person().put(&*events).await, a_person().put(&*events).await);
    granted(ada, &door).put(&*events).await;
    granted(bob, &door).put(&*events).await;
    suspend(&*events, ada, minute(10)).await;
    suspend(&*events, bob, minute(10)).await;
    reactivate(&*events, bob, minute(20)).await;
    take_away(&*events, bob, &door, minute(30)).await;
    for (at, expected) in
        [(9, vec![ada, bob]), (10, vec![]), (19, vec![]), (20, vec![bob]), (29, vec![bob]), (30, vec![])]
    {
        assert_eq!(users(h, &door, minute(at)).await, expected, "at minute {at}");
    }
}

/// Ahead, windows are judged by the instant asked about, everything else as it stands.
pub async fn a_coming_instant_is_answered_from_what_is_known(h: &dyn StoreHarness) {
    let events = h.events();
    let door = a_lock_id();
    let people = [a_person().put(&*events).await, a_person().put(&*events).await, a_person().put(&*events).await];
    let [ada, bob, eve] = people;
    granted(ada, &door).until(minute(1_000)).put(&*events).await;
    granted(bob, &door).from(minute(1_000)).put(&*events).await;
    granted(eve, &door).put(&*events).await;
    suspend(&*events, eve, minute(1)).await;
    assert_eq!(users(h, &door, minute(2)).await, [ada]);
    assert_eq!(users(h, &door, minute(999)).await, [ada]);
    assert_eq!(users(h, &door, minute(1_000)).await, [bob]);
}

/// Pages come in the order of ids, full while there is somebody left; those who do not count take no place on them.
pub async fn pages_are_full_and_hold_everybody_once(h: &dyn StoreHarness) {
    let events = h.events();
    let door = a_lock_id();
    let mut ids: Vec<_> = (0..30).map(|_| a_user_id()).collect();
    for (index, id) in ids.iter().enumerate().rev() {
        let status = if index % 5 == 0 { UserStatus::Suspended } else { UserStatus::Active };
        a_person().id(*id).status(status).put(&*events).await;
        let grant = granted(*id, &door).by(&format!("by {id}"));
        match index % 5 {
            1 => grant.until(minute(5)).put(&*events).await,
            2 => {
                grant.put(&*events).await;
                take_away(&*events, *id, &door, minute(20)).await;
            }
            3 => {
                grant.put(&*events).await;
                take_away(&*events, *id, &door, minute(5)).await;
            }
            _ => grant.put(&*events).await,
        }
    }
    ids.sort();
    let counting = |residues: &'static [usize]| {
        let of = ids.iter().enumerate().filter(move |(index, _)| residues.contains(&(index % 5)));
        of.map(|(_, id)| *id).collect::<Vec<_>>()
    };
    for (at, expected) in
        [(minute(10), counting(&[2, 4])), (minute(30), counting(&[4])), (minute(1), counting(&[1, 2, 3, 4]))]
    {
        for limit in [1, 2, 5, 6, 12, 100] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = page(h, &door, at, after, limit).await;
                assert!(page.holders.iter().all(|row| row.grant.granted_by == free(&format!("by {}", row.user))));
                assert!(!page.more || page.holders.len() == limit as usize, "a page is short, and not the last");
                seen.extend(page.holders.iter().map(|holder| holder.user));
                after = seen.last().copied();
                if !page.more {
                    break;
                }
            }
            assert_eq!(seen, expected, "at {at}, {limit} a page");
        }
    }
    let empty = page(h, &door, minute(10), ids.last().copied(), 5).await;
    assert_eq!(empty, HolderPage::default());
    assert_eq!(page(h, &door, minute(10), None, 0).await, HolderPage { holders: Vec::new(), more: true });
}
