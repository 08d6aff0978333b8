//! The endpoint where an issuer publishes its keys: what is kept, and when it is asked.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Says, Trusting, key_set};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn unknown_keys_are_asked_for_so_many_times_in_a_while() {
    let scene = Trusting::with(&["rsa"]).await;
    assert_eq!([scene.status("rsa").await, scene.status("rsa").await], [200, 200]);
    assert_eq!(scene.issuer.hits(), 1);
    for hits in 2..=6 {
        assert_eq!((scene.status_of_unknown().await, scene.issuer.hits()), (401, hits));
    }
    for _ in 0..10 {
        assert_eq!([scene.status_of_unknown().await, scene.status("ec").await], [401, 401]);
    }
    assert_eq!(scene.issuer.hits(), 6);
    // One more each six seconds, however many ask.
    scene.test.clock.advance(5 * SECOND);
    assert_eq!((scene.status_of_unknown().await, scene.issuer.hits()), (401, 6));
    scene.test.clock.advance(SECOND);
    assert_eq!([scene.status_of_unknown().await, scene.status_of_unknown().await], [401, 401]);
    assert_eq!(scene.issuer.hits(), 7);
    // A quiet hour saves up no more than five.
    scene.test.clock.advance(HOUR);
    for _ in 0..10 {
        assert_eq!(scene.status_of_unknown().await, 401);
    }
    assert_eq!(scene.issuer.hits(), 12);
    // A clock that was set back does not close the door.
    scene.test.clock.step_back(HOUR);
    assert_eq!((scene.status_of_unknown().await, scene.issuer.hits()), (401, 13));
}

/// Who makes ids up keeps nobody out: a rotated key is found at once beside a few, and within six seconds beside many.
#[tokio::test]
async fn made_up_ids_do_not_lock_a_rotated_key_out() {
    let scene = Trusting::with(&["rsa"]).await;
    assert_eq!(scene.status("rsa").await, 200);
    assert_eq!(scene.status_of_unknown().await, 401);
    scene.issuer.publishes(&["rsa-next"]);
    assert_eq!(scene.status("rsa-next").await, 200);
    for _ in 0..10 {
        assert_eq!(scene.status_of_unknown().await, 401);
    }
    scene.issuer.publishes(&["ec"]);
    assert_eq!(scene.status("ec").await, 401);
    scene.test.clock.advance(6 * SECOND);
    // The load is used by the one who makes ids up, and brings the key all the same.
    assert_eq!([scene.status_of_unknown().await, scene.status("ec").await], [401, 200]);
}

#[tokio::test]
async fn keys_are_rotated() {
    let scene = Trusting::with(&["rsa"]).await;
    assert_eq!(scene.status("rsa").await, 200);
    scene.issuer.publishes(&["rsa", "rsa-next"]);
    assert_eq!([scene.status("rsa-next").await, scene.status("rsa").await], [200, 200]);
    assert_eq!(scene.issuer.hits(), 2);
    // Found keys do not count against the next new one.
    scene.issuer.publishes(&["rsa-next", "ec"]);
    assert_eq!([scene.status("ec").await, scene.status("rsa").await], [200, 401]);
    assert_eq!(scene.issuer.hits(), 4);
}

#[tokio::test]
async fn keys_are_loaded_again_before_they_are_old() {
    let scene = Trusting::with(&["rsa"]).await;
    scene.after(SECOND).await;
    assert_eq!(scene.issuer.hits(), 1);
    scene.after(9 * MINUTE).await;
    scene.issuer.publishes(&["ec"]);
    assert_eq!((scene.issuer.hits(), scene.status("rsa").await), (1, 200));
    scene.after(MINUTE).await;
    assert_eq!((scene.issuer.hits(), scene.status("ec").await), (2, 200));
    // The one that was withdrawn.
    assert_eq!(scene.status("rsa").await, 401);
    // A clock that was set back does not put it off.
    scene.test.clock.step_back(12 * HOUR);
    let before = scene.issuer.hits();
    scene.after(SECOND).await;
    assert_eq!((scene.issuer.hits(), scene.status("ec").await), (before + 1, 200));
}

#[tokio::test]
async fn the_issuer_says_how_long_keys_are_good_within_bounds() {
    for (directives, waits) in [
        ("public, max-age=120", 119 * SECOND),
        ("Max-Age=\"120\"", 119 * SECOND),
        ("max-age=0", 59 * SECOND),
        ("max-age=86400, must-revalidate", 599 * SECOND),
        ("no-store", 599 * SECOND),
        ("max-age=soon", 599 * SECOND),
    ] {
        let scene = Trusting::with(&[]).await;
        scene.issuer.says(Says::Cached(key_set(&["rsa"]).to_string(), directives));
        scene.test.app.credentials.refresh_keys().await;
        scene.after(waits).await;
        assert_eq!(scene.issuer.hits(), 1, "{directives}");
        scene.after(SECOND).await;
        assert_eq!(scene.issuer.hits(), 2, "{directives}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_who_wait_for_a_key_share_one_load() {
    let scene = Arc::new(Trusting::with(&["rsa"]).await);
    assert_eq!(scene.status("rsa").await, 200);
    scene.issuer.says(Says::Slow(key_set(&["rsa", "rsa-next"]).to_string(), Duration::from_millis(500)));
    let asking: Vec<_> = (0..100)
        .map(|_| {
            let scene = Arc::clone(&scene);
            tokio::spawn(async move { scene.status("rsa-next").await })
        })
        .collect();
    for asked in asking {
        assert_eq!(asked.await.unwrap(), 200);
    }
    assert_eq!(scene.issuer.hits(), 2);
}

/// The first load of all, with nobody having called `refresh_keys`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_who_come_first_share_one_load() {
    let scene = Arc::new(Trusting::with(&["rsa"]).await);
    scene.issuer.says(Says::Slow(key_set(&["rsa"]).to_string(), Duration::from_millis(500)));
    let asking: Vec<_> = (0..100)
        .map(|_| {
            let scene = Arc::clone(&scene);
            tokio::spawn(async move { scene.status("rsa").await })
        })
        .collect();
    for asked in asking {
        assert_eq!(asked.await.unwrap(), 200);
    }
    assert_eq!(scene.issuer.hits(), 1);
}

/// Who asks first and hangs up must not spoil it for the others.
#[tokio::test]
async fn a_client_that_hangs_up_does_not_stop_a_load() {
    let scene = Arc::new(Trusting::with(&["rsa"]).await);
    assert_eq!(scene.status("rsa").await, 200);
    scene.issuer.says(Says::Slow(key_set(&["rsa", "ec"]).to_string(), SECOND));
    let first = tokio::spawn({
        let scene = Arc::clone(&scene);
        async move { scene.status("ec").await }
    });
    while scene.issuer.hits() < 2 {
        sleep(Duration::from_millis(10)).await;
    }
    first.abort();
    assert_eq!(scene.status("ec").await, 200);
    assert_eq!(scene.issuer.hits(), 2);
}
