//! The access token: asked for once, kept, replaced in time, and after a 401.

use std::time::Duration;

use serde_json::{Value, json};
use threedeye_client::{Client, Error, User};
use threedeye_sim::{Operation, Sim, SimConfig};
use tokio::task::JoinSet;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockBuilder, ResponseTemplate};

use crate::remote::{Remote, ann, json_answer, later, roles, user_body, user_id};
use crate::stand_in;

const CALLERS: usize = 20;

fn sign_in() -> MockBuilder {
    Mock::given(method("POST")).and(path("/v3/auth/token"))
}

/// Gives each of these tokens once, in order.
async fn give_tokens(remote: &Remote, answers: impl IntoIterator<Item = Value>) {
    for answer in answers {
        let slow = json_answer(200, answer).set_delay(Duration::from_millis(100));
        sign_in().respond_with(slow).up_to_n_times(1).expect(1).mount(&remote.server).await;
    }
}

async fn accept(remote: &Remote, token: &str) {
    let found = json_answer(200, user_body("u1", "ann@example.com"));
    Mock::given(path("/v3/users/u1"))
        .and(header("authorization", format!("Bearer {token}")))
        .respond_with(found)
        .mount(&remote.server)
        .await;
}

async fn refuse(remote: &Remote, token: &str) {
    Mock::given(path("/v3/users/u1"))
        .and(header("authorization", format!("Bearer {token}")))
        .respond_with(json_answer(401, json!({ "message": "expired" })))
        .mount(&remote.server)
        .await;
}

async fn all_at_once(client: &Client) -> Vec<Result<Option<User>, Error>> {
    let mut calls = JoinSet::new();
    for _ in 0..CALLERS {
        let client = client.clone();
        calls.spawn(async move { client.get_user(&user_id("u1")).await });
    }
    calls.join_all().await
}

#[tokio::test]
async fn many_callers_sign_in_once_and_once_more_after_the_end_of_the_token() {
    let remote = Remote::silent().await;
    give_tokens(
        &remote,
        [json!({ "accessToken": "t1", "expiresIn": 600 }), json!({ "accessToken": "t2", "expiresIn": 600 })],
    )
    .await;
    accept(&remote, "t1").await;
    accept(&remote, "t2").await;
    let client = remote.client();

    assert!(all_at_once(&client).await.iter().all(Result::is_ok));
    later(Duration::from_secs(530)).await;
    assert!(all_at_once(&client).await.iter().all(Result::is_ok));
    assert_eq!(remote.calls("/v3/auth/token").await, 1);
    // The last minute is not used.
    later(Duration::from_secs(11)).await;
    assert!(all_at_once(&client).await.iter().all(Result::is_ok));
    assert_eq!(remote.calls("/v3/auth/token").await, 2);
}

#[tokio::test]
async fn a_token_without_an_end_is_good_for_an_hour() {
    let remote = Remote::silent().await;
    give_tokens(&remote, [json!({ "accessToken": "t1" }), json!({ "accessToken": "t2" })]).await;
    accept(&remote, "t1").await;
    accept(&remote, "t2").await;
    let client = remote.client();
    for (wait, sign_ins) in [(0, 1), (3_500, 1), (50, 2)] {
        later(Duration::from_secs(wait)).await;
        client.get_user(&user_id("u1")).await.expect("an answer");
        assert_eq!(remote.calls("/v3/auth/token").await, sign_ins);
    }
}

#[tokio::test]
async fn a_short_life_is_used_for_its_most_part_and_an_absurd_one_does_no_harm() {
    let remote = Remote::silent().await;
    give_tokens(
        &remote,
        [json!({ "accessToken": "t1", "expiresIn": 30 }), json!({ "accessToken": "t2", "expiresIn": u64::MAX })],
    )
    .await;
    accept(&remote, "t1").await;
    accept(&remote, "t2").await;
    let client = remote.client();
    for (wait, sign_ins) in [(0, 1), (20, 1), (10, 2)] {
        later(Duration::from_secs(wait)).await;
        client.get_user(&user_id("u1")).await.expect("an answer");
        assert_eq!(remote.calls("/v3/auth/token").await, sign_ins);
    }
}

#[tokio::test]
async fn after_a_401_the_call_is_repeated_with_a_new_token() {
    let remote = Remote::silent().await;
    give_tokens(&remote, [json!({ "accessToken": "t1" }), json!({ "accessToken": "t2" })]).await;
    refuse(&remote, "t1").await;
    accept(&remote, "t2").await;
    assert!(remote.client().get_user(&user_id("u1")).await.expect("an answer").is_some());
    assert_eq!(remote.calls("/v3/users/u1").await, 2);
}

#[tokio::test]
async fn after_a_second_401_the_call_is_given_up() {
    let remote = Remote::silent().await;
    give_tokens(&remote, [json!({ "accessToken": "t1" }), json!({ "accessToken": "t2" })]).await;
    refuse(&remote, "t1").await;
    refuse(&remote, "t2").await;
    let refused = Error::Unauthorised { status: 401, message: "expired".to_owned() };
    assert_eq!(remote.client().get_user(&user_id("u1")).await, Err(refused));
    assert_eq!(remote.calls("/v3/users/u1").await, 2);
}

#[tokio::test]
async fn a_creation_is_repeated_after_a_401_too() {
    let remote = Remote::silent().await;
    give_tokens(&remote, [json!({ "accessToken": "t1" }), json!({ "accessToken": "t2" })]).await;
    let create = |token: &str| {
        Mock::given(method("POST")).and(path("/v3/users")).and(header("authorization", format!("Bearer {token}")))
    };
    create("t1").respond_with(ResponseTemplate::new(401)).expect(1).mount(&remote.server).await;
    create("t2").respond_with(json_answer(201, json!({ "id": "u1" }))).expect(1).mount(&remote.server).await;
    assert_eq!(remote.client().create_user(&ann()).await, Ok(Some(user_id("u1"))));
}

#[tokio::test]
async fn many_callers_refused_together_sign_in_once() {
    let sim = Sim::start(SimConfig::default()).await.expect("a free port");
    let client = stand_in::client_of(&sim);
    roles(&client).await.expect("the first token");
    sim.state().expire_tokens();
    assert!(all_at_once(&client).await.iter().all(|outcome| *outcome == Ok(None)));
    assert_eq!(sim.state().calls(Operation::Token), 2);
}

#[tokio::test]
async fn waiting_callers_share_a_failed_sign_in() {
    let remote = Remote::silent().await;
    let wrong = json_answer(401, json!({ "message": "wrong password" })).set_delay(Duration::from_millis(200));
    sign_in().respond_with(wrong).expect(1).mount(&remote.server).await;
    let refused = Error::Unauthorised { status: 401, message: "wrong password".to_owned() };
    let outcomes = all_at_once(&remote.client()).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Err(refused.clone())));
}

#[tokio::test]
async fn a_failed_sign_in_is_tried_again_by_the_next_caller() {
    let remote = Remote::silent().await;
    sign_in().respond_with(ResponseTemplate::new(503)).up_to_n_times(1).expect(1).mount(&remote.server).await;
    give_tokens(&remote, [json!({ "accessToken": "t1" })]).await;
    accept(&remote, "t1").await;
    let client = remote.client();
    assert!(matches!(client.get_user(&user_id("u1")).await, Err(Error::Unavailable { .. })));
    assert!(client.get_user(&user_id("u1")).await.is_ok());
}

#[tokio::test]
async fn a_cancelled_sign_in_is_taken_over() {
    let remote = Remote::silent().await;
    let endless = json_answer(200, json!({ "accessToken": "t0" })).set_delay(Duration::from_mins(1));
    sign_in().respond_with(endless).up_to_n_times(1).mount(&remote.server).await;
    give_tokens(&remote, [json!({ "accessToken": "t1" })]).await;
    accept(&remote, "t1").await;
    let client = remote.client();
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.get_user(&user_id("u1")).await }
    });
    while remote.calls("/v3/auth/token").await == 0 {
        tokio::task::yield_now().await;
    }
    first.abort();
    assert!(client.get_user(&user_id("u1")).await.is_ok());
}

#[tokio::test]
async fn a_failed_sign_in_never_makes_a_creation_unknown() {
    for (answer, expected) in [
        (json_answer(400, json!({ "message": "no" })), Error::Unauthorised { status: 400, message: "no".to_owned() }),
        (json_answer(403, json!({ "message": "no" })), Error::Unauthorised { status: 403, message: "no".to_owned() }),
        (ResponseTemplate::new(301), Error::Rejected { status: 301, message: String::new() }),
        (json_answer(200, json!({ "token": "t" })), Error::Decode { path: ".".to_owned() }),
        (json_answer(200, json!({ "accessToken": "a\nb" })), Error::Decode { path: "accessToken".to_owned() }),
        (json_answer(200, json!({ "accessToken": "" })), Error::Decode { path: "accessToken".to_owned() }),
    ] {
        let remote = Remote::silent().await;
        sign_in().respond_with(answer).expect(1).mount(&remote.server).await;
        assert_eq!(remote.client().create_user(&ann()).await, Err(expected));
    }
    let remote = Remote::silent().await;
    sign_in().respond_with(ResponseTemplate::new(500)).expect(1).mount(&remote.server).await;
    assert!(matches!(remote.client().create_user(&ann()).await, Err(Error::Unavailable { .. })));
}
