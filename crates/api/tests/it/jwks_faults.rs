//! What becomes of the failures of an issuer's endpoint.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::support::{Issuer, Log, Says, Trusting, claims, key_set, signed_as};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn an_endpoint_that_fails_leaves_the_known_keys() {
    let elsewhere = Issuer::with(&["rsa", "ec"]).await;
    let mut scene = Trusting::with(&["rsa"]).await;
    assert_eq!(scene.status("rsa").await, 200);
    let mut same_id = key_set(&["rsa", "ec"]);
    same_id["keys"][0]["kid"] = "ec".into();
    let failures = [
        Says::Status(500),
        Says::Status(404),
        Says::Status(204),
        Says::Redirect(elsewhere.url()),
        Says::Body("{\"keys\":".to_owned()),
        Says::Body("<html>".to_owned()),
        Says::Body(String::new()),
        Says::Body(same_id.to_string()),
        Says::Body(format!("{}{}", " ".repeat(256 * 1024), key_set(&["rsa", "ec"]))),
        Says::Flood,
    ];
    let mut hits = scene.issuer.hits();
    for failure in failures {
        let told = format!("{failure:.60?}");
        scene.issuer.says(failure);
        let began = Instant::now();
        scene.test.clock.advance(30 * SECOND);
        assert_eq!(scene.status("ec").await, 401, "{told}");
        scene.after(10 * MINUTE).await;
        assert_eq!(scene.status("rsa").await, 200, "{told}");
        hits += 2;
        assert_eq!(scene.issuer.hits(), hits, "{told}");
        assert!(began.elapsed() < 2 * SECOND, "{told} took {:?}", began.elapsed());
    }
    assert_eq!(elsewhere.hits(), 0, "a redirection was followed");
    scene.issuer.goes_down().await;
    let began = Instant::now();
    scene.test.clock.advance(30 * SECOND);
    assert_eq!([scene.status("ec").await, scene.status("rsa").await], [401, 200]);
    assert!(began.elapsed() < 2 * SECOND);
}

/// An endpoint that takes connections and says nothing, or never comes to an end, holds nobody who needs it not, and
/// nobody who does for longer than a load may take.
#[tokio::test]
async fn a_slow_endpoint_holds_nobody() {
    let scene = Arc::new(Trusting::with(&["rsa"]).await);
    assert_eq!(scene.status("rsa").await, 200);
    for slow in [Says::Nothing, Says::Drip] {
        scene.test.clock.advance(30 * SECOND);
        // All loads but one are used up.
        for _ in 0..4 {
            assert_eq!(scene.status_of_unknown().await, 401);
        }
        scene.issuer.says(slow);
        let before = scene.issuer.hits();
        let began = Instant::now();
        let waiting = tokio::spawn({
            let scene = Arc::clone(&scene);
            async move { scene.status("ec").await }
        });
        while scene.issuer.hits() == before {
            sleep(Duration::from_millis(10)).await;
        }
        for _ in 0..50 {
            assert_eq!(scene.status("rsa").await, 200);
        }
        assert!(began.elapsed() < 2 * SECOND, "known keys waited {:?}", began.elapsed());
        assert!(!waiting.is_finished());
        assert_eq!(waiting.await.unwrap(), 401);
        assert!(began.elapsed() < 7 * SECOND, "an unknown key waited {:?}", began.elapsed());
        // That was the last, so nobody waits again.
        let began = Instant::now();
        assert_eq!(scene.status("ec").await, 401);
        assert!(began.elapsed() < SECOND);
        assert_eq!(scene.issuer.hits(), before + 1);
        scene.issuer.publishes(&["rsa"]);
    }
}

/// An issuer whose keys were stolen withdraws them all; nobody waits a day for that.
#[tokio::test]
async fn a_set_without_a_usable_key_withdraws_the_known_ones() {
    for withdrawn in [key_set(&[]), key_set(&["rsa-short"])] {
        let scene = Trusting::with(&["rsa"]).await;
        assert_eq!(scene.status("rsa").await, 200);
        scene.issuer.says(Says::Body(withdrawn.to_string()));
        scene.after(10 * MINUTE).await;
        assert_eq!(scene.status("rsa").await, 401, "{withdrawn}");
        // The new one works as soon as it is there, also for tokens that do not name it.
        scene.issuer.publishes(&["ec"]);
        let claims = scene.test.good_for_an_hour(claims(&scene.ada.to_string(), "ada@example.com"));
        assert_eq!(scene.status_of(&signed_as("ec", None, &claims)).await, 200, "{withdrawn}");
    }
}

#[tokio::test]
async fn known_keys_outlive_their_issuer_by_a_day() {
    let mut scene = Trusting::with(&["rsa"]).await;
    assert_eq!(scene.status("rsa").await, 200);
    scene.issuer.goes_down().await;
    for _ in 0..23 {
        scene.after(HOUR).await;
        assert_eq!(scene.status("rsa").await, 200);
    }
    scene.after(3599 * SECOND).await;
    assert_eq!(scene.status("rsa").await, 200);
    scene.after(SECOND).await;
    assert_eq!(scene.status("rsa").await, 401);
    scene.issuer.comes_up().await;
    scene.after(5 * SECOND).await;
    assert_eq!(scene.status("rsa").await, 200);
}

/// Setting the clock back an hour in between gives them an hour more at most, not the whole step.
#[tokio::test]
async fn a_clock_set_back_does_not_keep_keys_alive() {
    let mut scene = Trusting::with(&["rsa"]).await;
    assert_eq!(scene.status("rsa").await, 200);
    scene.issuer.goes_down().await;
    scene.test.clock.step_back(30 * 24 * HOUR);
    scene.after(SECOND).await;
    assert_eq!(scene.status("rsa").await, 200);
    scene.after(24 * HOUR).await;
    assert_eq!(scene.status("rsa").await, 401);
}

#[tokio::test]
async fn an_endpoint_that_is_down_at_first_is_asked_again_soon() {
    let mut scene = Trusting::with(&["rsa"]).await;
    scene.issuer.goes_down().await;
    scene.test.app.credentials.refresh_keys().await;
    let began = Instant::now();
    assert_eq!(scene.status("rsa").await, 401);
    assert!(began.elapsed() < 2 * SECOND);
    scene.issuer.comes_up().await;
    assert_eq!(scene.status("rsa").await, 200);
}

#[tokio::test]
async fn each_failed_load_is_logged_once_and_without_secrets() {
    let (log, _guard) = Log::begin();
    let mut scene = Trusting::with(&["rsa"]).await;
    assert_eq!(scene.status("rsa").await, 200);
    assert_eq!(log.text().matches("keys of tokens were loaded").count(), 1, "{}", log.text());
    scene.issuer.says(Says::Status(503));
    let token = scene.token("ec");
    for _ in 0..3 {
        assert_eq!(scene.status_of(&token).await, 401);
    }
    scene.issuer.goes_down().await;
    scene.after(10 * MINUTE).await;
    let text = log.text();
    assert_eq!(text.matches("could not be loaded").count(), 4, "{text}");
    assert!(text.contains("status 503") && text.contains("cannot be reached"), "{text}");
    assert!(!text.contains("hunter2") && !text.contains(&token[..40]), "{text}");
}
