//! Answers that cannot be read: malformed, of the wrong shape, too large.

use serde_json::json;
use threedeye_client::{Cause, Client, Config, Error};
use wiremock::ResponseTemplate;

use crate::raw::{self, Manner};
use crate::remote::{Remote, ann, json_answer, user_body, user_id};

async fn path_of_list(answer: ResponseTemplate) -> String {
    let remote = Remote::start().await;
    remote.once("GET", "/v3/users", answer).await;
    match remote.client().list_users_page(1, 10).await {
        Err(Error::Decode { path }) => path,
        other => panic!("not a failure to decode: {other:?}"),
    }
}

#[tokio::test]
async fn the_error_names_the_place_and_not_the_value() {
    let wrong_type = json!({ "data": [user_body("a", "a@example.com"), { "id": "b", "email": { "secret": 1 } }] });
    assert_eq!(path_of_list(json_answer(200, wrong_type)).await, "data[1].email");
    let no_id = json!({ "data": [{ "email": "a@example.com" }] });
    assert_eq!(path_of_list(json_answer(200, no_id)).await, "data[0]");
    assert_eq!(path_of_list(json_answer(200, json!({ "data": [], "total": "many" }))).await, "total");
    assert_eq!(path_of_list(json_answer(200, json!({ "users": [] }))).await, ".");
}

#[tokio::test]
async fn malformed_json_is_an_error_of_its_own() {
    for text in [r#"{"data":[{"id":"#, "", "<html>", r#"{"data":[]} trailing"#] {
        path_of_list(ResponseTemplate::new(200).set_body_string(text)).await;
    }
}

#[tokio::test]
async fn an_id_that_would_change_the_route_is_not_let_in() {
    for id in ["", ".", "..", "a/b", "a?b", "a b", "ü", &"x".repeat(129)] {
        id.parse::<threedeye_client::UserId>().expect_err(id);
        let body = json!({ "data": [user_body(id, "a@example.com")] });
        assert_eq!(path_of_list(json_answer(200, body)).await, "data[0].id");
    }
}

#[tokio::test]
async fn a_creation_whose_answer_cannot_be_read_is_unknown() {
    for (text, path) in [(r#"{"id":7}"#, "id"), (r#"{"id":"#, "id"), ("created", ".")] {
        let remote = Remote::start().await;
        remote.once("POST", "/v3/users", ResponseTemplate::new(201).set_body_string(text)).await;
        let expected = Error::Ambiguous { cause: Cause::Undecodable(path.to_owned()) };
        assert_eq!(remote.client().create_user(&ann()).await, Err(expected), "{text}");
    }
}

#[tokio::test]
async fn large_answers_are_not_read() {
    let remote = Remote::start().await;
    let large = json!({ "data": [user_body("a", &"x".repeat(5_000))], "id": "u1" });
    remote.once("GET", "/v3/users", json_answer(200, large.clone())).await;
    remote.once("POST", "/v3/users", json_answer(201, large.clone())).await;
    remote.once("DELETE", "/v3/users/u1", json_answer(400, large)).await;
    let config = Config { max_body_bytes: 4_096, ..remote.config() };
    let client = Client::new(config).expect("a sound configuration");

    assert_eq!(client.list_users_page(1, 10).await, Err(Error::TooLarge { limit: 4_096 }));
    assert_eq!(client.create_user(&ann()).await, Err(Error::Ambiguous { cause: Cause::TooLarge(4_096) }));
    let refused = Error::Rejected { status: 400, message: String::new() };
    assert_eq!(client.delete_user(&user_id("u1")).await, Err(refused));
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off_by_size_or_time() {
    // No length is announced, so only counting helps. The cap is out of reach here, the deadline is not.
    let manner = Manner::Drip("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"data\":[]");
    let client = raw::client_of(manner, std::time::Duration::from_millis(300)).await;
    let expected = Error::Unavailable { retry_after: None, cause: Cause::Deadline };
    assert_eq!(client.list_users_page(1, 10).await, Err(expected));
}
