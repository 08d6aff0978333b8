//! Lists end where they end, and nowhere else.

use serde_json::{Value, json};
use threedeye_client::{Client, Config, Error};
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

#[tokio::test]
async fn with_a_total_the_walk_ends_when_it_was_seen() {
    let remote = Remote::start().await;
    serve_page(&remote, 1, json!({ "data": users(&["a", "b"]), "total": 3 })).await;
    serve_page(&remote, 2, json!({ "data": users(&["c"]), "total": 3 })).await;
    let found = client(&remote).users().collect().await.expect("users");
    assert_eq!(found.iter().map(|user| user.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[tokio::test]
async fn without_a_total_the_walk_ends_at_an_empty_page() {
    let remote = Remote::start().await;
    serve_page(&remote, 1, json!({ "data": users(&["a", "b"]) })).await;
    serve_page(&remote, 2, json!({ "data": users(&["c"]), "total": null })).await;
    serve_page(&remote, 3, json!({ "data": [] })).await;
    let client = client(&remote);
    let mut pages = client.users();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next_page().await.expect("a page") {
        sizes.push(page.len());
    }
    assert_eq!(sizes, [2, 1]);
    assert!(pages.next_page().await.expect("nothing more to ask").is_none());
}

#[tokio::test]
async fn a_total_too_high_does_not_keep_the_walk_going() {
    let remote = Remote::start().await;
    serve_page(&remote, 1, json!({ "data": users(&["a"]), "total": 9 })).await;
    serve_page(&remote, 2, json!({ "data": [], "total": 9 })).await;
    assert_eq!(client(&remote).users().collect().await.expect("users").len(), 1);
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
    assert_eq!(client.users().collect().await, Err(Error::EndlessList { page: 3 }));
}

#[tokio::test]
async fn single_pages_can_be_asked_for() {
    let remote = Remote::start().await;
    serve_page(&remote, 7, json!({ "data": users(&["a"]), "total": 13 })).await;
    let page = remote.client().list_users_page(7, 2).await.expect("a page");
    assert_eq!((page.items.len(), page.total), (1, Some(13)));
}
