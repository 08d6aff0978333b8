//! Lists end where they end, and nowhere else.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use serde_json::{Value, json};
use threedeye_client::{Cause, Client, Config, Error, User};
use wiremock::matchers::{path, query_param};
use wiremock::{Mock, ResponseTemplate};

use crate::remote::{Remote, json_answer, user_body};

async fn serve_page(remote: &Remote, page: u32, body: Value) {
    Mock::given(path("/v3/users"))
        .and(query_param("page", page.to_string()))
        .and(query_param("pageSize", "2"))
        .respond_with(json_answer(200, body))
        .expect(1)
        .mount(&remote.server)
        .await;
}

fn users(ids: &[&str]) -> Value {
    ids.iter().map(|id| user_body(id, &format!("{id}@example.com"))).collect()
}

fn client(remote: &Remote) -> Client {
    Client::new(Config { page_size: 2, ..remote.config() }).expect("a sound configuration")
}

async fn collected(client: &Client) -> Result<Vec<User>, Error> {
    client.users().try_collect().await
}

#[tokio::test]
async fn with_a_total_the_walk_ends_when_it_was_seen() {
    let remote = Remote::start().await;
    serve_page(&remote, 1, json!({ "data": users(&["a", "b"]), "total": 3 })).await;
    serve_page(&remote, 2, json!({ "data": users(&["c"]), "total": 3 })).await;
    let found = collected(&client(&remote)).await.expect("users");
    assert_eq!(found.iter().map(|user| user.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[tokio::test]
async fn without_a_total_the_walk_ends_at_an_empty_page() {
    let remote = Remote::start().await;
    serve_page(&remote, 1, json!({ "data": users(&["a", "b"]) })).await;
    serve_page(&remote, 2, json!({ "data": users(&["c"]), "total": null })).await;
    serve_page(&remote, 3, json!({ "data": [] })).await;
    let found = collected(&client(&remote)).await.expect("users");
    assert_eq!(found.iter().map(|user| user.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_page_is_asked_for_when_the_one_before_is_used_up() {
    let remote = Remote::start().await;
    serve_page(&remote, 1, json!({ "data": users(&["a", "b"]), "total": 9 })).await;
    serve_page(&remote, 2, json!({ "data": users(&["c", "d"]), "total": 9 })).await;
    let mut users = client(&remote).users();
    assert_eq!(remote.calls("/v3/users").await, 0);
    for (id, calls) in [("a", 1), ("b", 1), ("c", 2)] {
        let user = users.try_next().await.expect("an answer").expect("a user");
        assert_eq!((user.id.as_str(), remote.calls("/v3/users").await), (id, calls));
    }
    drop(users);
    assert_eq!(remote.calls("/v3/users").await, 2);
}

#[tokio::test]
async fn an_error_ends_the_stream() {
    let remote = Remote::start().await;
    serve_page(&remote, 1, json!({ "data": users(&["a"]), "total": 9 })).await;
    Mock::given(path("/v3/users"))
        .and(query_param("page", "2"))
        .respond_with(ResponseTemplate::new(500))
        .expect(1)
        .mount(&remote.server)
        .await;
    let mut users = client(&remote).users();
    assert!(users.try_next().await.expect("an answer").is_some());
    assert!(matches!(users.try_next().await, Err(Error::Unavailable { .. })));
    for _ in 0..3 {
        assert_eq!(users.try_next().await, Ok(None));
    }
}

#[tokio::test]
async fn each_page_has_the_time_of_an_operation() {
    let remote = Remote::start().await;
    let timeout = Duration::from_millis(1_500);
    for (page, id) in [(1, "a"), (2, "b"), (3, "c")] {
        Mock::given(path("/v3/users"))
            .and(query_param("page", page.to_string()))
            .respond_with(json_answer(200, json!({ "data": users(&[id]), "total": 3 })).set_delay(timeout / 2))
            .mount(&remote.server)
            .await;
    }
    let client = Client::new(Config { timeout, ..remote.config() }).expect("a sound configuration");
    let started = Instant::now();
    assert_eq!(collected(&client).await.expect("users").len(), 3);
    assert!(started.elapsed() >= timeout);
    let missed = Error::Unavailable { retry_after: None, cause: Cause::Deadline };
    assert_eq!(client.find_user_by_email("d@example.com").await, Err(missed));
}

#[tokio::test]
async fn a_total_too_high_does_not_keep_the_walk_going() {
    let remote = Remote::start().await;
    serve_page(&remote, 1, json!({ "data": users(&["a"]), "total": 9 })).await;
    serve_page(&remote, 2, json!({ "data": [], "total": 9 })).await;
    assert_eq!(collected(&client(&remote)).await.expect("users").len(), 1);
}

#[tokio::test]
async fn a_search_compares_trimmed_and_in_lower_case_and_stops_when_it_has_found() {
    let remote = Remote::start().await;
    serve_page(&remote, 1, json!({ "data": users(&["a", "b"]) })).await;
    serve_page(&remote, 2, json!({ "data": [user_body("c", " Ärger@Example.COM")] })).await;
    let found = client(&remote).find_user_by_email("\tärger@example.com ").await;
    assert_eq!(found.expect("an answer").expect("a user").id.as_str(), "c");
}

#[tokio::test]
async fn a_search_without_success_looks_at_every_page() {
    let remote = Remote::start().await;
    serve_page(&remote, 1, json!({ "data": users(&["a", "b"]), "total": 3 })).await;
    serve_page(&remote, 2, json!({ "data": users(&["c"]), "total": 3 })).await;
    assert_eq!(client(&remote).find_user_by_email("d@example.com").await, Ok(None));
}

#[tokio::test]
async fn a_page_that_comes_again_proves_nothing() {
    let remote = Remote::start().await;
    Mock::given(path("/v3/users"))
        .respond_with(json_answer(200, json!({ "data": users(&["a", "b"]), "total": 100 })))
        .expect(2)
        .mount(&remote.server)
        .await;
    let found = client(&remote).find_user_by_email("z@example.com").await;
    assert_eq!(found, Err(Error::EndlessList { page: 2 }));
}

#[tokio::test]
async fn a_list_is_given_up_after_the_configured_number_of_pages() {
    let remote = Remote::start().await;
    Mock::given(path("/v3/users"))
        .respond_with(|request: &wiremock::Request| {
            let page = request.url.query_pairs().find(|(name, _)| name == "page").expect("a page").1.into_owned();
            ResponseTemplate::new(200).set_body_json(json!({ "data": users(&[&page]) }))
        })
        .expect(3)
        .mount(&remote.server)
        .await;
    let config = Config { max_pages: 3, ..remote.config() };
    let client = Client::new(config).expect("a sound configuration");
    assert_eq!(collected(&client).await, Err(Error::EndlessList { page: 3 }));
}

#[tokio::test]
async fn single_pages_can_be_asked_for() {
    let remote = Remote::start().await;
    serve_page(&remote, 7, json!({ "data": users(&["a"]), "total": 13 })).await;
    let page = remote.client().list_users_page(7, 2).await.expect("a page");
    assert_eq!((page.items.len(), page.total), (1, Some(13)));
}
