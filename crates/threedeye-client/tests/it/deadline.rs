//! One deadline over everything, and what is known when it passes.

use std::time::{Duration, Instant};

use serde_json::json;
use threedeye_client::{Cause, Client, Config, Error};
use wiremock::matchers::path;
use wiremock::{Mock, ResponseTemplate};

use crate::raw::{self, Manner};
use crate::remote::{Remote, ann, json_answer, user_body, user_id};

const TIMEOUT: Duration = Duration::from_millis(500);
/// Far beyond the deadline, and beyond what a busy machine adds to it.
const LONG: Duration = Duration::from_secs(30);

fn missed() -> Error {
    Error::Unavailable { retry_after: None, cause: Cause::Deadline }
}

fn unknown() -> Error {
    Error::Ambiguous { cause: Cause::Deadline }
}

fn impatient(remote: &Remote) -> Client {
    Client::new(Config { timeout: TIMEOUT, ..remote.config() }).expect("a sound configuration")
}

#[tokio::test]
async fn silence_after_sending_leaves_a_creation_unknown() {
    let client = raw::client_of(Manner::Silent, TIMEOUT).await;
    let started = Instant::now();
    assert_eq!(client.get_user(&user_id("u1")).await, Err(missed()));
    assert_eq!(client.create_user(&ann()).await, Err(unknown()));
    assert!((2 * TIMEOUT..LONG).contains(&started.elapsed()));
}

#[tokio::test]
async fn a_dripping_answer_does_not_stretch_the_deadline() {
    let client = raw::client_of(Manner::Drip("HTTP/1.1 201 Created\r\n\r\n"), TIMEOUT).await;
    let started = Instant::now();
    assert_eq!(client.get_user(&user_id("u1")).await, Err(missed()));
    assert_eq!(client.create_user(&ann()).await, Err(unknown()));
    assert!(started.elapsed() < LONG);
}

#[tokio::test]
async fn dripping_headers_do_not_either() {
    let client = raw::client_of(Manner::Drip("HTTP/1.1 201 Created\r\nx-slow:"), TIMEOUT).await;
    let started = Instant::now();
    assert_eq!(client.create_user(&ann()).await, Err(unknown()));
    assert!(started.elapsed() < LONG);
}

#[tokio::test]
async fn a_slow_sign_in_leaves_a_creation_certain() {
    let remote = Remote::silent().await;
    Mock::given(path("/v3/auth/token"))
        .respond_with(json_answer(200, json!({ "accessToken": "t" })).set_delay(LONG))
        .mount(&remote.server)
        .await;
    assert_eq!(impatient(&remote).create_user(&ann()).await, Err(missed()));
    assert_eq!(remote.calls("/v3/users").await, 0);
}

#[tokio::test]
async fn a_slow_second_sign_in_leaves_a_creation_certain() {
    let remote = Remote::silent().await;
    let token = || Mock::given(path("/v3/auth/token"));
    let answer = json_answer(200, json!({ "accessToken": "t" }));
    token().respond_with(answer.clone()).up_to_n_times(1).mount(&remote.server).await;
    token().respond_with(answer.set_delay(LONG)).mount(&remote.server).await;
    Mock::given(path("/v3/users")).respond_with(ResponseTemplate::new(401)).expect(1).mount(&remote.server).await;
    assert_eq!(impatient(&remote).create_user(&ann()).await, Err(missed()));
}

fn hasty(call_timeout: Duration, remote: &Remote) -> Client {
    Client::new(Config { timeout: LONG, call_timeout, ..remote.config() }).expect("a sound configuration")
}

#[tokio::test]
async fn one_exchange_has_a_deadline_of_its_own() {
    let remote = Remote::start().await;
    let slow = ResponseTemplate::new(200).set_delay(LONG);
    remote.once("GET", "/v3/users/u1", slow.clone()).await;
    remote.once("POST", "/v3/users", slow).await;
    let client = hasty(TIMEOUT, &remote);
    let started = Instant::now();
    let missed = Error::Unavailable { retry_after: None, cause: Cause::CallDeadline };
    assert_eq!(client.get_user(&user_id("u1")).await, Err(missed));
    assert_eq!(client.create_user(&ann()).await, Err(Error::Ambiguous { cause: Cause::CallDeadline }));
    assert!((2 * TIMEOUT..LONG).contains(&started.elapsed()));
}

#[tokio::test]
async fn a_slow_sign_in_ends_with_its_exchange_and_is_shared() {
    let remote = Remote::silent().await;
    let endless = json_answer(200, json!({ "accessToken": "t" })).set_delay(LONG);
    Mock::given(path("/v3/auth/token")).respond_with(endless).expect(1).mount(&remote.server).await;
    let client = hasty(TIMEOUT, &remote);
    let (ann, id) = (ann(), user_id("u1"));
    let missed = Error::Unavailable { retry_after: None, cause: Cause::CallDeadline };
    let (create, get) = tokio::join!(client.create_user(&ann), client.get_user(&id));
    assert_eq!((create, get), (Err(missed.clone()), Err(missed)));
}

#[tokio::test]
async fn parts_in_time_each_are_in_time_together() {
    let remote = Remote::start().await;
    let call_timeout = Duration::from_millis(1_500);
    let delay = call_timeout * 2 / 3;
    remote.once("GET", "/v3/users/u1", ResponseTemplate::new(404).set_delay(delay)).await;
    Mock::given(path("/v3/users"))
        .respond_with(|request: &wiremock::Request| {
            let page = request.url.query_pairs().find(|(name, _)| name == "page").expect("a page").1.into_owned();
            let list = json!({ "data": [user_body(&page, &format!("{page}@example.com"))] });
            json_answer(200, list).set_delay(Duration::from_secs(1))
        })
        .mount(&remote.server)
        .await;
    let client = hasty(call_timeout, &remote);
    assert_eq!(client.get_user(&user_id("u1")).await, Ok(None));
    assert!(client.find_user_by_email("2@example.com").await.expect("an answer").is_some());
}

#[tokio::test]
async fn the_deadline_covers_all_parts_together() {
    // Each part alone would be in time, with room for a busy machine.
    let timeout = Duration::from_millis(1_500);
    let part = Duration::from_secs(1);
    let remote = Remote::silent().await;
    Mock::given(path("/v3/auth/token"))
        .respond_with(json_answer(200, json!({ "accessToken": "t" })).set_delay(part))
        .mount(&remote.server)
        .await;
    Mock::given(path("/v3/users")).respond_with(ResponseTemplate::new(201).set_delay(part)).mount(&remote.server).await;
    let client = Client::new(Config { timeout, ..remote.config() }).expect("a sound configuration");
    assert_eq!(client.create_user(&ann()).await, Err(unknown()));
}

#[tokio::test]
async fn the_deadline_covers_all_pages_of_a_search() {
    let remote = Remote::start().await;
    Mock::given(path("/v3/users"))
        .respond_with(|request: &wiremock::Request| {
            let page = request.url.query_pairs().find(|(name, _)| name == "page").expect("a page").1.into_owned();
            json_answer(200, json!({ "data": [user_body(&page, "other@example.com")] })).set_delay(TIMEOUT / 3)
        })
        .mount(&remote.server)
        .await;
    let started = Instant::now();
    assert_eq!(impatient(&remote).find_user_by_email("ann@example.com").await, Err(missed()));
    assert!((TIMEOUT..LONG).contains(&started.elapsed()));
}

#[tokio::test]
async fn a_time_out_for_ever_is_allowed() {
    let remote = Remote::start().await;
    remote.once("GET", "/v3/users/u1", ResponseTemplate::new(404)).await;
    let config = Config { timeout: Duration::MAX, ..remote.config() };
    let client = Client::new(config).expect("a sound configuration");
    assert_eq!(client.get_user(&user_id("u1")).await, Ok(None));
}

#[tokio::test]
async fn all_roles_are_one_operation() {
    let timeout = Duration::from_millis(1_500);
    let remote = Remote::start().await;
    Mock::given(path("/v3/roles"))
        .respond_with(|request: &wiremock::Request| {
            let page = request.url.query_pairs().find(|(name, _)| name == "page").expect("a page").1.into_owned();
            json_answer(200, json!({ "data": [{ "id": page, "name": page }] })).set_delay(Duration::from_secs(1))
        })
        .mount(&remote.server)
        .await;
    let client = Client::new(Config { timeout, ..remote.config() }).expect("a sound configuration");
    assert_eq!(client.all_roles().await, Err(missed()));
}
