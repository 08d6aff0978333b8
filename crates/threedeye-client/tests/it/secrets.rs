//! No secret and no query string in errors, `Debug` or logs, whatever 3dEye quotes back.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use threedeye_client::{Client, Config, Error};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use wiremock::ResponseTemplate;
use wiremock::matchers::path;

use crate::raw::{self, Manner};
use crate::remote::{API_KEY, LOGIN, PASSWORD, Remote, TOKEN, USER_PASSWORD, ann, json_answer, roles, user_id};

const SECRETS: [&str; 5] = [API_KEY, LOGIN, PASSWORD, TOKEN, USER_PASSWORD];

#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Vec<u8>>>);

impl Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic while writing").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Capture {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn assert_clean(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(!text.contains("pageSize"), "a query string in {text}");
}

fn shown(error: &Error) -> String {
    format!("{error} {error:?} {error:#?}")
}

#[tokio::test]
async fn whatever_is_quoted_back_is_blotted_out() {
    let remote = Remote::start().await;
    let quoting = json!({ "message": format!("{} ann@example.com {TOKEN}\u{1b}[31m\r\n", SECRETS.join(" ")) });
    remote.once("POST", "/v3/users", json_answer(400, quoting.clone())).await;
    remote.once("GET", "/v3/users/u1", json_answer(403, quoting)).await;
    let client = remote.client();
    let create = client.create_user(&ann()).await.expect_err("refused");
    assert_clean(&shown(&create));
    let Error::Rejected { message, .. } = &create else { panic!("{create:?}") };
    assert_eq!(message, &format!("{}[31m", ["[redacted]"; 7].join(" ")));
    // Here the password of the new user is not known, as nothing of the kind was sent.
    let get = shown(&client.get_user(&user_id("u1")).await.expect_err("refused"));
    assert!([API_KEY, LOGIN, PASSWORD, TOKEN].iter().all(|secret| !get.contains(secret)), "{get}");
}

#[tokio::test]
async fn a_long_message_is_cut_after_blotting() {
    let remote = Remote::start().await;
    let padding = "é".repeat(190);
    let message = format!("{padding}{PASSWORD}{}", "x".repeat(10_000));
    remote.once("DELETE", "/v3/users/u1", json_answer(400, json!({ "message": message }))).await;
    let error = remote.client().delete_user(&user_id("u1")).await.expect_err("refused");
    assert_eq!(error, Error::Rejected { status: 400, message: format!("{padding}[redacted]") });
}

#[tokio::test]
async fn a_refused_sign_in_does_not_give_the_password_away() {
    let remote = Remote::silent().await;
    let quoting = json!({ "message": format!("{LOGIN}:{PASSWORD} with {API_KEY}") });
    wiremock::Mock::given(path("/v3/auth/token"))
        .respond_with(json_answer(401, quoting))
        .expect(1)
        .mount(&remote.server)
        .await;
    assert_clean(&shown(&roles(&remote.client()).await.expect_err("refused")));
}

#[tokio::test]
async fn neither_configuration_nor_client_nor_new_user_shows_a_secret() {
    let remote = Remote::start().await;
    let config = Config::new(remote.server.uri(), API_KEY, "login", PASSWORD);
    assert_clean(&format!("{config:?} {:?} {:?}", Client::new(config.clone()), ann()));
}

#[tokio::test]
async fn failures_of_the_network_show_no_query() {
    let timeout = Duration::from_secs(5);
    for manner in [Manner::HangUp, Manner::Say("nonsense\r\n\r\n")] {
        let client = raw::client_of(manner, timeout).await;
        assert_clean(&shown(&client.list_users_page(1, 10).await.expect_err("no answer")));
    }
    let client = Client::new(Config::new("http://127.0.0.1:1", API_KEY, LOGIN, PASSWORD)).expect("a client");
    assert_clean(&shown(&client.list_users_page(1, 10).await.expect_err("no connection")));
}

#[tokio::test]
async fn logs_tell_the_call_and_nothing_else() {
    let capture = Capture::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(LevelFilter::TRACE)
        .with_writer(capture.clone())
        .finish();
    // In force for this thread, which runs the whole test.
    let _guard = tracing::subscriber::set_default(subscriber);

    let remote = Remote::start().await;
    remote.once("POST", "/v3/users", json_answer(201, json!({ "id": "u1" }))).await;
    remote.once("GET", "/v3/users", ResponseTemplate::new(500)).await;
    let client = remote.client();
    client.create_user(&ann()).await.expect("a user");
    client.list_users_page(1, 10).await.expect_err("a failure");
    drop(client);

    let log = String::from_utf8(capture.0.lock().expect("no panic while writing").clone()).expect("text");
    let ours: Vec<&str> = log.lines().filter(|line| line.contains("threedeye_client")).collect();
    assert_eq!(ours.len(), 3, "{log}");
    assert!(ours[1].contains("create_user") && ours[1].contains("status=201"), "{}", ours[1]);
    assert_clean(&ours.join("\n"));
    assert!(!ours.join("\n").contains("ann@example.com"));
    // What the libraries below us log, at their most talkative, is ours to answer for too. The mock server shares the
    // thread, and what it logs of the requests it received is not.
    let below: Vec<&str> = log.lines().filter(|line| line.contains("reqwest") || line.contains("hyper_util")).collect();
    assert!(!below.is_empty());
    assert_clean(&below.join("\n"));
}
