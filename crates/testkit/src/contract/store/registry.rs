//! Which aggregates there are: `Registry`.

use std::time::Duration;

use portcullis_domain::event::{AggregateKind, StreamId, Version};
use portcullis_domain::permission::PermissionsChanged;
use portcullis_domain::policy::Permission;
use portcullis_domain::port::{AggregateFilter, AggregateHead};

use super::super::StoreHarness;
use crate::build::{NOON, a_commit, a_key, a_lock, a_person, granted, lock_id, org};

fn of(kind: AggregateKind, id_prefix: &str) -> AggregateFilter {
    AggregateFilter { kind, id_prefix: id_prefix.to_owned() }
}

async fn ids(h: &dyn StoreHarness, filter: &AggregateFilter, offset: u64, limit: u32) -> Vec<String> {
    let heads = h.registry().heads(filter, offset, limit).await.expect("the store answers");
    heads.into_iter().map(|head| head.stream.id().to_owned()).collect()
}

async fn count(h: &dyn StoreHarness, filter: &AggregateFilter) -> u64 {
    h.registry().count(filter).await.expect("the store answers")
}

/// A head says whose it is, how many events it has and since when it is there.
pub async fn heads_say_whose_and_how_far(h: &dyn StoreHarness) {
    let events = h.events();
    let later = NOON.plus(Duration::from_secs(5));
    let ada = a_person().org("acme").put(&*events).await;
    granted(ada, &lock_id("door")).at(later).put(&*events).await;
    let door = a_lock().id(lock_id("door")).org("bolt").put(&*events).await;
    let heads = async |kind| h.registry().heads(&of(kind, ""), 0, 9).await.expect("the store answers");
    let head = |stream: StreamId, whose: &str, version| {
        [AggregateHead { stream, org: org(whose), version: Version::new(version), created_at: NOON }]
    };
    assert_eq!(heads(AggregateKind::User).await, head(ada.into(), "acme", 2));
    assert_eq!(heads(AggregateKind::Lock).await, head((&door).into(), "bolt", 1));
    assert!(heads(AggregateKind::Tenant).await.is_empty());
    let acme = org("acme");
    a_key(&acme).put(&*events).await;
    assert_eq!(heads(AggregateKind::Tenant).await, head((&acme).into(), "acme", 2));
    assert!(heads(AggregateKind::PermissionTable).await.is_empty());
    for (version, at) in [(0, NOON), (1, later)] {
        let table = a_commit().on(StreamId::permissions(), Version::new(version)).of(org("home")).at(at);
        table
            .event(PermissionsChanged { permissions: [(Permission::CreateUser, [].into())].into() })
            .put(&*events)
            .await;
    }
    assert_eq!(heads(AggregateKind::PermissionTable).await, head(StreamId::permissions(), "home", 2));
    assert_eq!(count(h, &of(AggregateKind::PermissionTable, "perm")).await, 1);
}

/// Heads come in the order of their ids by bytes, page by page.
pub async fn heads_are_paged_by_id(h: &dyn StoreHarness) {
    for id in ["b", "ä", "a10", "B", "a2", "a"] {
        a_lock().id(lock_id(id)).put(&*h.events()).await;
    }
    let all = of(AggregateKind::Lock, "");
    let order = ["B", "a", "a10", "a2", "b", "ä"];
    assert_eq!(ids(h, &all, 0, 9).await, order);
    assert_eq!(ids(h, &all, 0, 2).await, order[..2]);
    assert_eq!(ids(h, &all, 2, 3).await, order[2..5]);
    assert_eq!(ids(h, &all, 5, 3).await, order[5..]);
    assert!(ids(h, &all, 6, 3).await.is_empty());
    assert!(ids(h, &all, u64::MAX, 3).await.is_empty());
    assert!(ids(h, &all, 0, 0).await.is_empty());
    assert_eq!(count(h, &all).await, 6);
    assert_eq!(count(h, &of(AggregateKind::User, "")).await, 0);
}

/// Only ids that begin so are meant; no character is a wildcard.
pub async fn heads_are_chosen_by_prefix(h: &dyn StoreHarness) {
    for id in ["47", "471", "4711", "48", "4", "%", "_x"] {
        a_lock().id(lock_id(id)).put(&*h.events()).await;
    }
    let begin = |prefix| of(AggregateKind::Lock, prefix);
    assert_eq!(ids(h, &begin("47"), 0, 9).await, ["47", "471", "4711"]);
    assert_eq!(ids(h, &begin("47"), 1, 1).await, ["471"]);
    assert_eq!(ids(h, &begin("%"), 0, 9).await, ["%"]);
    assert_eq!(ids(h, &begin("_"), 0, 9).await, ["_x"]);
    assert!(ids(h, &begin("'"), 0, 9).await.is_empty());
    for strange in ["\0", "47\0", "\u{10ffff}", "\u{1f}"] {
        assert!(ids(h, &begin(strange), 0, 9).await.is_empty(), "{strange:?}");
        assert_eq!(count(h, &begin(strange)).await, 0, "{strange:?}");
    }
    assert_eq!((count(h, &begin("47")).await, count(h, &begin("5")).await), (3, 0));
}
