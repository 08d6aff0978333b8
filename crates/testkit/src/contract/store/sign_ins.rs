//! Failed sign-ins: `SignInFailures`.

use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::WorkChange;
use portcullis_domain::session::{FailedSignIns, FailureCounts, FailureKey};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::super::StoreHarness;
use crate::build::{NOON, a_commit, a_number};

const WINDOW: Duration = Duration::from_mins(5);

fn a_key() -> FailureKey {
    let mut hash = [0x51; 32];
    hash[..8].copy_from_slice(&a_number().to_be_bytes());
    FailureKey::new(hash)
}

const fn failed(key: FailureKey, at: Timestamp, until: Timestamp) -> WorkChange {
    WorkChange::SignInFailed { key, at, until }
}

async fn fails(h: &dyn StoreHarness, key: FailureKey, at: Timestamp) {
    a_commit().work(failed(key, at, at.plus(WINDOW))).put(&*h.events()).await;
}

async fn count(h: &dyn StoreHarness, key: FailureKey) -> Option<FailedSignIns> {
    h.sign_in_failures().find(&key, None).await.expect("the store answers").account
}

fn counted(count: u32, since: Timestamp) -> FailedSignIns {
    FailedSignIns { count, since, until: since.plus(WINDOW) }
}

/// Without failures there are no counts.
pub async fn nothing_is_counted_at_first(h: &dyn StoreHarness) {
    fails(h, a_key(), NOON).await;
    let found = h.sign_in_failures().find(&a_key(), Some(a_key())).await.expect("the store answers");
    assert_eq!(found, FailureCounts::default());
}

/// Failures of a name and of a network are counted apart, over commits and within one; the first begins the window.
pub async fn failures_add_up(h: &dyn StoreHarness) {
    let (name, network) = (a_key(), a_key());
    for number in 1..=3 {
        let at = NOON.plus(Duration::from_secs(number));
        let until = at.plus(WINDOW);
        a_commit().work(failed(name, at, until)).work(failed(network, at, until)).put(&*h.events()).await;
    }
    let at = NOON.plus(Duration::from_secs(9));
    let again = failed(network, at, at.plus(WINDOW));
    a_commit().work(again.clone()).work(again.clone()).work(again).put(&*h.events()).await;
    let found = h.sign_in_failures().find(&name, Some(network)).await.expect("the store answers");
    let first = NOON.plus(Duration::from_secs(1));
    assert_eq!(found, FailureCounts { account: Some(counted(3, first)), address: Some(counted(6, first)) });
    let found = h.sign_in_failures().find(&network, Some(name)).await.expect("the store answers");
    assert_eq!(found, FailureCounts { account: Some(counted(6, first)), address: Some(counted(3, first)) });
    let found = h.sign_in_failures().find(&name, None).await.expect("the store answers");
    assert_eq!(found, FailureCounts { account: Some(counted(3, first)), address: None });
}

/// The last instant of a window counts to it, the next begins another.
pub async fn a_window_that_is_over_begins_anew(h: &dyn StoreHarness) {
    let key = a_key();
    let end = NOON.plus(WINDOW);
    fails(h, key, NOON).await;
    fails(h, key, end.minus(Duration::from_millis(1))).await;
    assert_eq!(count(h, key).await, Some(counted(2, NOON)));
    fails(h, key, end).await;
    assert_eq!(count(h, key).await, Some(counted(1, end)));
}

/// A clock that steps back a little counts on; one that steps back by more than a window begins anew.
pub async fn a_clock_set_far_back_keeps_nobody_out(h: &dyn StoreHarness) {
    let key = a_key();
    fails(h, key, NOON).await;
    fails(h, key, NOON.minus(Duration::from_secs(1))).await;
    assert_eq!(count(h, key).await, Some(counted(2, NOON)));
    let earlier = NOON.minus(WINDOW);
    fails(h, key, earlier).await;
    assert_eq!(count(h, key).await, Some(counted(1, earlier)));
}

/// Cleared counts are gone, and no other; clearing nothing does nothing.
pub async fn cleared_failures_are_gone(h: &dyn StoreHarness) {
    let (key, other) = (a_key(), a_key());
    fails(h, key, NOON).await;
    fails(h, other, NOON).await;
    for _ in 0..2 {
        a_commit().work(WorkChange::SignInFailuresCleared(key)).put(&*h.events()).await;
        assert_eq!(count(h, key).await, None);
    }
    assert_eq!(count(h, other).await, Some(counted(1, NOON)));
    fails(h, key, NOON).await;
    assert_eq!(count(h, key).await, Some(counted(1, NOON)));
}

/// What comes after a success counts, what came before does not.
pub async fn failures_and_a_success_of_one_commit_count_in_their_order(h: &dyn StoreHarness) {
    let (after, before) = (a_key(), a_key());
    let clear = WorkChange::SignInFailuresCleared;
    for key in [after, before] {
        fails(h, key, NOON.minus(Duration::from_secs(1))).await;
    }
    let again = |key| failed(key, NOON, NOON.plus(WINDOW));
    a_commit()
        .work(again(after))
        .work(clear(after))
        .work(again(after))
        .work(again(after))
        .work(again(before))
        .work(clear(before))
        .put(&*h.events())
        .await;
    assert_eq!(count(h, after).await, Some(counted(2, NOON)));
    assert_eq!(count(h, before).await, None);
}

/// Many failures at once, of one network and of several names: none is lost.
pub async fn failures_at_once_are_all_counted(h: &dyn StoreHarness) {
    const CALLERS: u32 = 64;
    let (network, names) = (a_key(), [a_key(), a_key()]);
    let start = Arc::new(Barrier::new(CALLERS as usize));
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let (events, start) = (h.events(), Arc::clone(&start));
        let name = names[caller as usize % names.len()];
        callers.spawn(async move {
            start.wait().await;
            let until = NOON.plus(WINDOW);
            a_commit().work(failed(name, NOON, until)).work(failed(network, NOON, until)).put(&*events).await;
        });
    }
    callers.join_all().await;
    assert_eq!(count(h, network).await, Some(counted(CALLERS, NOON)));
    for name in names {
        assert_eq!(count(h, name).await, Some(counted(CALLERS / 2, NOON)));
    }
}
