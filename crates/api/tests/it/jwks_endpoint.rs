//! The endpoint where an issuer publishes its keys: what is kept, when it is asked, and what becomes of its failures.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portcullis_api::config::HttpConfig;
use portcullis_api::http::auth::JwtKeys;
use portcullis_api::http::server::Server;
use portcullis_domain::ids::UserId;
use portcullis_testkit::build::a_person;
use tokio::time::{Instant, sleep};

use crate::support::{Issuer, Says, TestApp, claims, key_set, signed_as, signed_with};

/// The service, an issuer it trusts, and a person.
struct Scene {
    test: TestApp,
    issuer: Issuer,
    ada: UserId,
}

impl Scene {
    async fn with(ids: &[&str]) -> Self {
        let issuer = Issuer::with(ids).await;
        let test = TestApp::trusting(JwtKeys::Url(issuer.url().parse().unwrap()));
        let ada = a_person().put(test.store.as_ref()).await;
        Self { test, issuer, ada }
    }

    /// The status a token that is right but for its key gets.
    async fn status(&self, key: &str) -> u16 {
        self.status_of(&self.token(key)).await
    }

    /// The same with a key nobody has published.
    async fn status_of_unknown(&self) -> u16 {
        let claims = self.test.good_for_an_hour(claims(&self.ada.to_string(), "ada@example.com"));
        self.status_of(&signed_as("rsa", Some("made-up"), &claims)).await
    }

    fn token(&self, key: &str) -> String {
        signed_with(key, &self.test.good_for_an_hour(claims(&self.ada.to_string(), "ada@example.com")))
    }

    async fn status_of(&self, token: &str) -> u16 {
        let bearer = format!("Bearer {token}");
        let path = format!("/users/{}/profile", self.ada);
        self.test.get(&path, &[("authorization", &bearer)]).await.status.as_u16()
    }

    async fn after(&self, time: Duration) {
        self.test.clock.advance(time);
        self.test.app.credentials.refresh_keys().await;
    }
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn an_unknown_key_is_asked_for_once_in_a_while() {
    let scene = Scene::with(&["rsa"]).await;
    assert_eq!([scene.status("rsa").await, scene.status("rsa").await], [200, 200]);
    assert_eq!(scene.issuer.hits(), 1);
    assert_eq!(scene.status_of_unknown().await, 401);
    assert_eq!(scene.issuer.hits(), 2);
    for _ in 0..10 {
        assert_eq!([scene.status_of_unknown().await, scene.status("ec").await], [401, 401]);
    }
    assert_eq!(scene.issuer.hits(), 2);
    scene.test.clock.advance(29 * SECOND);
    assert_eq!(scene.status_of_unknown().await, 401);
    assert_eq!(scene.issuer.hits(), 2);
    scene.test.clock.advance(SECOND);
    assert_eq!(scene.status_of_unknown().await, 401);
    assert_eq!(scene.issuer.hits(), 3);
    // A clock that was set back does not close the door.
    scene.test.clock.step_back(HOUR);
    assert_eq!(scene.status_of_unknown().await, 401);
    assert_eq!(scene.issuer.hits(), 4);
}

#[tokio::test]
async fn keys_are_rotated() {
    let scene = Scene::with(&["rsa"]).await;
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
    let scene = Scene::with(&["rsa"]).await;
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
        let scene = Scene::with(&[]).await;
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
    let scene = Arc::new(Scene::with(&["rsa"]).await);
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
    let scene = Arc::new(Scene::with(&["rsa"]).await);
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
    let scene = Arc::new(Scene::with(&["rsa"]).await);
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

#[tokio::test]
async fn an_endpoint_that_fails_leaves_the_known_keys() {
    let elsewhere = Issuer::with(&["rsa", "ec"]).await;
    let mut scene = Scene::with(&["rsa"]).await;
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
        Says::Body("{\"keys\":[]}".to_owned()),
        Says::Body(key_set(&["rsa-short"]).to_string()),
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
    let scene = Arc::new(Scene::with(&["rsa"]).await);
    assert_eq!(scene.status("rsa").await, 200);
    for slow in [Says::Nothing, Says::Drip] {
        scene.issuer.says(slow);
        scene.test.clock.advance(30 * SECOND);
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
        // It was asked just now, so nobody waits again.
        let began = Instant::now();
        assert_eq!(scene.status("ec").await, 401);
        assert!(began.elapsed() < SECOND);
        assert_eq!(scene.issuer.hits(), before + 1);
    }
}

#[tokio::test]
async fn known_keys_outlive_their_issuer_by_a_day() {
    let mut scene = Scene::with(&["rsa"]).await;
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
    let mut scene = Scene::with(&["rsa"]).await;
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
    let mut scene = Scene::with(&["rsa"]).await;
    scene.issuer.goes_down().await;
    scene.test.app.credentials.refresh_keys().await;
    let began = Instant::now();
    assert_eq!(scene.status("rsa").await, 401);
    assert!(began.elapsed() < 2 * SECOND);
    scene.issuer.comes_up().await;
    assert_eq!(scene.status("rsa").await, 401);
    scene.test.clock.advance(5 * SECOND);
    assert_eq!(scene.status("rsa").await, 200);
}

/// Who serves has the keys before the first token comes.
#[tokio::test]
async fn a_server_loads_keys_by_itself() {
    let scene = Scene::with(&["rsa"]).await;
    let config = HttpConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        public_url: None,
        trusted_proxy_hops: 0,
        cors_origins: Vec::new(),
        tls: None,
    };
    let server = Server::bind(scene.test.app.clone(), &config).await.unwrap();
    let running = tokio::spawn(server.run(std::future::pending()));
    let began = Instant::now();
    while scene.issuer.hits() == 0 && began.elapsed() < 10 * SECOND {
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(scene.issuer.hits(), 1);
    running.abort();
}

/// What was logged, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test]
async fn each_failed_load_is_logged_once_and_without_secrets() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut scene = Scene::with(&["rsa"]).await;
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
    assert_eq!(text.matches("could not be loaded").count(), 2, "{text}");
    assert!(text.contains("status 503") && text.contains("cannot be reached"), "{text}");
    assert!(!text.contains("hunter2") && !text.contains(&token[..40]), "{text}");
}
