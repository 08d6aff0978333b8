//! Grants that left, and what `LockAccess::holders_at` tells of them.

use portcullis_domain::access::{AccessLevel, AccessibleLockRemoved};
use portcullis_domain::event::{Event, Version};
use portcullis_domain::ids::LockId;
use portcullis_domain::port::HolderPage;

use super::super::StoreHarness;
use super::holders::{all_at_once, holders, minute, page};
use crate::build::{a_lock_id, a_person, granted, removed, take_away, version_of};

/// However grants come and go within one commit, each that left is past with its own times, and views made anew agree.
pub async fn grants_that_come_and_go_within_a_commit_are_past(h: &dyn StoreHarness) {
    let events = h.events();
    let (door, gate) = (a_lock_id(), a_lock_id());
    let ada = a_person().put(&*events).await;
    let gone = |lock: &LockId, at| Event::from(AccessibleLockRemoved { removed_at: at, ..removed(ada, lock) });
    let added = |lock: &LockId, level| Event::from(granted(ada, lock).level(level).event());
    // One that is there leaves, comes again, leaves again and comes again; another comes and leaves.
    granted(ada, &door).level(AccessLevel::Owner).at(minute(1)).put(&*events).await;
    let commit = vec![
        gone(&door, minute(6)),
        added(&door, AccessLevel::Admin),
        gone(&door, minute(7)),
        added(&door, AccessLevel::Guest),
        added(&gate, AccessLevel::User),
        gone(&gate, minute(8)),
    ];
    all_at_once(&*events, ada, minute(5), commit).await;
    let at = async |lock: &LockId, number| holders(h, lock, minute(number)).await.first().map(|(_, level)| *level);
    assert_eq!(at(&door, 4).await, Some(AccessLevel::Owner));
    assert_eq!(at(&door, 9).await, Some(AccessLevel::Guest));
    assert_eq!((at(&gate, 4).await, at(&gate, 7).await, at(&gate, 9).await), (None, Some(AccessLevel::User), None));
    // The one left in the end leaves by the table again.
    take_away(&*events, ada, &door, minute(10)).await;
    assert_eq!((at(&door, 9).await, at(&door, 10).await), (Some(AccessLevel::Guest), None));
    assert_eq!(h.count_rows().await.get("view_past_grants"), Some(&4));

    let live = h.dump_views().await;
    h.rebuild_views().await;
    assert_eq!(h.dump_views().await, live);
}

/// A removal of what is not there leaves nothing, and a second one within a commit neither.
pub async fn a_removal_without_grant_leaves_nothing(h: &dyn StoreHarness) {
    let events = h.events();
    let door = a_lock_id();
    let ada = a_person().put(&*events).await;
    take_away(&*events, ada, &door, minute(1)).await;
    let rows = async || h.count_rows().await["view_past_grants"];
    assert_eq!(rows().await, 0);
    granted(ada, &door).put(&*events).await;
    all_at_once(&*events, ada, minute(2), vec![removed(ada, &door).into(), removed(ada, &door).into()]).await;
    assert_eq!(rows().await, 1);
    let again = vec![granted(ada, &door).event().into(), removed(ada, &door).into(), removed(ada, &door).into()];
    all_at_once(&*events, ada, minute(3), again).await;
    assert_eq!(rows().await, 2);
    assert_eq!(version_of(&*events, &ada.into()).await, Version::new(8));
}

/// When a clock that was set back makes two grants of a person count, the one made last is told, alone.
pub async fn a_clock_set_back_shows_nobody_twice(h: &dyn StoreHarness) {
    let events = h.events();
    let door = a_lock_id();
    let (ada, bob) = (a_person().put(&*events).await, a_person().put(&*events).await);
    granted(ada, &door).level(AccessLevel::Guest).at(minute(10)).put(&*events).await;
    take_away(&*events, ada, &door, minute(20)).await;
    granted(ada, &door).level(AccessLevel::User).at(minute(12)).put(&*events).await;
    take_away(&*events, ada, &door, minute(18)).await;
    granted(ada, &door).level(AccessLevel::Admin).at(minute(15)).put(&*events).await;
    granted(bob, &door).level(AccessLevel::Owner).at(minute(15)).put(&*events).await;
    let level = async |at| holders(h, &door, minute(at)).await;
    assert_eq!(level(11).await, [(ada, AccessLevel::Guest)]);
    assert_eq!(level(13).await, [(ada, AccessLevel::User)]);
    assert_eq!(level(16).await, [(ada, AccessLevel::Admin), (bob, AccessLevel::Owner)]);
    let first = page(h, &door, minute(16), None, 1).await;
    assert!(first.more && first.holders[0].user == ada);
    assert_eq!(page(h, &door, minute(16), Some(ada), 1).await.holders[0].user, bob);
}

/// Such a person takes one place of a page: alone nobody comes after, and a page has room for the next.
pub async fn a_clock_set_back_shortens_no_page(h: &dyn StoreHarness) {
    let events = h.events();
    for present in [true, false] {
        let door = a_lock_id();
        let (ada, bob) = (a_person().put(&*events).await, a_person().put(&*events).await);
        granted(ada, &door).level(AccessLevel::Guest).at(minute(10)).put(&*events).await;
        take_away(&*events, ada, &door, minute(20)).await;
        granted(ada, &door).level(AccessLevel::User).at(minute(12)).put(&*events).await;
        take_away(&*events, ada, &door, minute(18)).await;
        if present {
            granted(ada, &door).level(AccessLevel::Admin).at(minute(13)).put(&*events).await;
        }
        let level = if present { AccessLevel::Admin } else { AccessLevel::User };
        let told = |page: HolderPage| {
            let holders = page.holders.into_iter().map(|holder| (holder.user, holder.grant.access_level));
            (holders.collect::<Vec<_>>(), page.more)
        };
        assert_eq!(told(page(h, &door, minute(15), None, 1).await), (vec![(ada, level)], false));
        assert_eq!(told(page(h, &door, minute(15), Some(ada), 1).await), (vec![], false));
        granted(bob, &door).level(AccessLevel::Owner).at(minute(14)).put(&*events).await;
        let both = vec![(ada, level), (bob, AccessLevel::Owner)];
        assert_eq!(told(page(h, &door, minute(15), None, 1).await), (both[..1].to_vec(), true));
        assert_eq!(told(page(h, &door, minute(15), None, 2).await), (both, false));
    }
}
