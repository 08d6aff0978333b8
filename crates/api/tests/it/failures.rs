//! What no handler answers, and what is not the client's fault.

use axum::body::Body;
use axum::http::Request;
use insta::assert_json_snapshot;
use portcullis_domain::user::Role;
use serde_json::json;
use tracing::Level;

use crate::support::{Log, TestApp, post_json};

#[tokio::test]
async fn unknown_routes_and_methods_are_told_in_the_style_of_the_path() {
    let test = TestApp::new();
    assert_json_snapshot!("no-route", test.get("/nothing/here", &[]).await.told());
    assert_json_snapshot!("no-admin-route", test.get("/admin/nothing", &[]).await.told());
    assert_json_snapshot!("no-rocket-chat-route", test.get("/api/v1/nothing", &[]).await.told());
    let wrong = test.get("/users/x/RemoveAccessibleLock", &[]).await;
    assert_eq!(wrong.header("allow"), Some("POST"));
    assert_json_snapshot!("wrong-method", wrong.told());
}

#[tokio::test]
async fn bodies_that_are_not_read() {
    let test = TestApp::new();
    let token = test.bearer(portcullis_testkit::build::a_user_id());
    let headers = [("authorization", token.as_str())];
    let path = "/users/x/RemoveAccessibleLock";
    let large = post_json(path, &headers, format!("{{\"reason\":\"{}\"}}", "x".repeat(1 << 20)));
    assert_json_snapshot!("too-large", test.send(large).await.told());
    let plain = Request::post(path).header("authorization", &token).header("content-type", "text/plain");
    assert_json_snapshot!("not-json", test.send(plain.body(Body::from("{}")).unwrap()).await.told());
    assert_json_snapshot!("broken", test.send(post_json(path, &headers, "{\"lockId\":".to_owned())).await.told());
    assert_json_snapshot!("array", test.send(post_json(path, &headers, "[1]".to_owned())).await.told());
    let typed = json!({"lockId": 5, "removedBy": "x", "reason": "y"});
    assert_json_snapshot!("wrong-type", test.post(path, &headers, &typed).await.told());
    assert_json_snapshot!("all-missing", test.post(path, &headers, &json!({"reason": " "})).await.told());
}

#[tokio::test]
async fn a_store_that_is_away_is_a_503_with_retry_after() {
    let test = TestApp::new();
    let token = test.bearer(portcullis_testkit::build::a_user_id());
    test.get("/readyz", &[]).await.expect(200);
    test.store.fail_reads(true);
    let answer = test.get("/users/x/profile", &[("authorization", &token)]).await;
    assert_eq!(answer.header("retry-after"), Some("2"));
    assert_json_snapshot!("store-away", answer.told());
    test.get("/readyz", &[]).await.expect(503);
    test.get("/healthz", &[]).await.expect(200);
}

#[tokio::test]
async fn an_error_is_logged_under_the_id_of_its_request_even_where_nothing_else_is() {
    let test = TestApp::new();
    let token = test.bearer(portcullis_testkit::build::a_user_id());
    let (log, _guard) = Log::begin_at(Level::ERROR);
    test.store.fail_reads(true);
    let answer = test.get("/users/x/profile", &[("authorization", &token)]).await.expect(503);
    let (said, id) = (log.text(), answer.header("x-request-id").unwrap());
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("the store is unavailable") && said.contains(id), "{said} without {id}");
}

#[tokio::test]
async fn a_service_that_goes_down_is_not_ready() {
    let test = TestApp::new();
    test.app.drain();
    test.get("/readyz", &[]).await.expect(503);
    assert_json_snapshot!("healthz", test.get("/healthz", &[]).await.told());
}

#[tokio::test]
async fn a_clients_own_request_id_is_not_taken_over() {
    let test = TestApp::new();
    let answer = test.get("/nothing", &[("x-request-id", "mine")]).await;
    assert_eq!(answer.header("x-request-id"), answer.body["requestId"].as_str());
}

#[tokio::test]
async fn only_named_origins_may_read_answers() {
    let test = TestApp::with(|settings| settings.cors_origins = vec!["https://console.example".parse().unwrap()]);
    let allowed = test.get("/healthz", &[("origin", "https://console.example")]).await;
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://console.example"));
    let other = test.get("/nothing", &[("origin", "https://evil.example")]).await;
    assert_eq!(other.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_crowd_is_a_warning_that_names_it_and_no_error() {
    let test = TestApp::new();
    test.has_account("ada", &[Role::User]).await;
    test.hasher.set_busy(true);
    let (log, _guard) = Log::begin();
    for _ in 0..3 {
        let refused = test.rc("login", &[], &json!({"user": "ada", "password": "ada"})).await.expect(503);
        assert!(refused.header("retry-after").is_some());
    }
    let written = log.text();
    let warnings = written.lines().filter(|line| line.contains("WARN") && line.contains("too many wait for hashes"));
    assert_eq!(warnings.count(), 3, "one line each: {written}");
    assert!(!written.contains("ERROR") && !written.contains("the store is unavailable"), "{written}");
}
