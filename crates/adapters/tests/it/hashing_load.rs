//! A flood of sign-ins: how many passwords are hashed at once, how many wait, and what becomes of those who go.

use std::sync::Arc;
use std::time::Duration;

use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::hasher::{Argon2Hasher, HashingLoad, WAITING_PER_SLOT};
use portcullis_domain::port::Hasher;
use portcullis_testkit::fake::FakeHasher;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const MOST: HashingLoad = HashingLoad { working: 2, waiting: 6 };
const NONE: HashingLoad = HashingLoad { working: 0, waiting: 0 };

fn bounded() -> Argon2Hasher {
    Argon2Hasher::bounded(Arc::new(SystemEntropy), MOST)
}

/// Asks for this many checks at once; each tells whether it was made.
fn flood(hasher: &Argon2Hasher, callers: usize) -> JoinSet<bool> {
    let mut flood = JoinSet::new();
    for _ in 0..callers {
        let hasher = hasher.clone();
        flood.spawn(async move {
            let digest = FakeHasher::password_digest("wrong");
            let made = hasher.verify_password(&digest, None).await;
            made.inspect_err(|refused| assert!(refused.crowded().is_some(), "{refused}")).is_ok()
        });
    }
    flood
}

async fn until(hasher: &Argon2Hasher, wanted: HashingLoad) {
    let reached = async {
        while hasher.load() != wanted {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(20), reached).await.unwrap_or_else(|_| panic!("{:?} is not {wanted:?}", hasher.load()));
}

#[tokio::test]
async fn a_flood_is_hashed_within_bounds_and_the_rest_sent_away() {
    let hasher = bounded();
    let mut flood = flood(&hasher, 500);
    let (mut made, mut sent_away, mut peak) = (0, 0, NONE);
    // Looked at between any two answers; the tasks run only while this one waits.
    while let Some(answer) = flood.join_next().await {
        if answer.unwrap() {
            made += 1;
        } else {
            sent_away += 1;
        }
        let load = hasher.load();
        peak = HashingLoad { working: peak.working.max(load.working), waiting: peak.waiting.max(load.waiting) };
    }
    assert_eq!(peak, MOST, "as many as may, and no more");
    assert_eq!((made, sent_away), (8, 492), "who finds no place is told so at once, not when one is free");
    assert_eq!(hasher.load(), NONE);
}

#[tokio::test]
async fn who_hangs_up_leaves_no_place_taken() {
    let hasher = bounded();
    let mut gone = flood(&hasher, MOST.working + MOST.waiting);
    until(&hasher, MOST).await;
    gone.abort_all();
    while gone.join_next().await.is_some() {}
    // Those at work go on to their end; those that waited are gone.
    assert_eq!(hasher.load().waiting, 0);
    until(&hasher, NONE).await;
    assert_eq!(flood(&hasher, MOST.working + MOST.waiting).join_all().await, [true; 8]);
}

#[test]
fn places_are_counted_by_the_cores() {
    let hasher = Argon2Hasher::new(Arc::new(SystemEntropy));
    assert_eq!(hasher.load(), NONE);
    const { assert!(WAITING_PER_SLOT > 0 && WAITING_PER_SLOT <= 100) };
}
