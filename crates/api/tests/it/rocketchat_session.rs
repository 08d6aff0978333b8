//! Being signed in: which headers count, and for how long.

use axum::body::Body;
use axum::http::Request;
use insta::assert_json_snapshot;
use portcullis_domain::user::Role;
use serde_json::json;

use crate::support::{ADMIN_KEY, TestApp, shown};

#[tokio::test]
async fn the_own_record() {
    let test = TestApp::with(|settings| settings.public_url = Some("https://door.example/".to_owned()));
    let ada = test.account("ada", &[Role::User]).await;
    let before = test.get("/api/v1/me", &ada.headers()).await.expect(200);
    test.enrols(&ada).await;
    let after = test.get("/api/v1/me", &ada.headers()).await.expect(200);
    assert_json_snapshot!(shown(&before, &[(&ada.id, "[ada]")]));
    assert_eq!(after.body["services"], json!({"password": {"exists": true}, "totp": {"enabled": true}}));
}

#[tokio::test]
async fn both_headers_are_needed_and_must_belong_together() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let bob = test.account("bob", &[Role::Admin]).await;
    let refused = test.get("/api/v1/me", &[]).await;
    assert_json_snapshot!(shown(&refused, &[]));
    for headers in [
        vec![("X-User-Id", ada.id.as_str())],
        vec![("X-Auth-Token", ada.token.as_str())],
        vec![("X-User-Id", &bob.id), ("X-Auth-Token", &ada.token)],
        vec![("X-User-Id", &ada.id), ("X-Auth-Token", "")],
        vec![("X-User-Id", "ada"), ("X-Auth-Token", &ada.token)],
        vec![("X-User-Id", &ada.id), ("X-Auth-Token", &ada.token), ("X-Auth-Token", &bob.token)],
        vec![("X-User-Id", &ada.id), ("X-Auth-Token", "Bearer nonsense")],
    ] {
        assert_eq!(test.get("/api/v1/me", &headers).await.told(), refused.told(), "{headers:?}");
    }
}

#[tokio::test]
async fn header_names_are_read_in_any_case() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    for (user, token) in [("x-user-id", "x-auth-token"), ("X-USER-ID", "X-AUTH-TOKEN"), ("X-User-ID", "X-Auth-token")] {
        test.get("/api/v1/me", &[(user, &ada.id), (token, &ada.token)]).await.expect(200);
    }
    let id = ada.id.to_uppercase();
    test.get("/api/v1/me", &[("X-User-Id", &id), ("X-Auth-Token", &ada.token)]).await.expect(200);
}

#[tokio::test]
async fn the_other_style_s_credentials_do_not_count_here_nor_do_sessions_there() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::Admin]).await;
    let (key, staff) = (test.key("acme", true).await, test.staff());
    let foreign = [("authorization", staff.as_str()), ("x-admin-api-key", ADMIN_KEY), ("x-api-key", &key)];
    test.get("/api/v1/me", &foreign).await.expect(401);
    test.rc("users.resetTOTP", &foreign, &json!({"userId": "ada"})).await.expect(401);
    let path = format!("/users/{}/accessible-locks", ada.id);
    assert!(test.get(&path, &ada.headers()).await.status.is_client_error());
    let only_token = test.get(&path, &[("X-Auth-Token", &ada.token)]).await;
    assert_eq!(only_token.status, 401);
}

#[tokio::test]
async fn signing_out_ends_this_session_only() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let (other, third) = (test.signs_in("ada").await, test.signs_in("ada").await);
    let out = test.as_rc(&ada, "logout", &[], &json!({})).await;
    assert_json_snapshot!(shown(&out, &[]));
    assert!(!test.knows(&ada).await);
    test.as_rc(&ada, "logout", &[], &json!({})).await.expect(401);
    assert!(test.knows(&other).await);
    let by_get = test.get("/api/v1/logout", &other.headers()).await;
    assert_eq!(by_get.told(), out.told());
    assert!(!test.knows(&other).await);
    let mut bare = Request::post("/api/v1/logout");
    for (name, value) in third.headers() {
        bare = bare.header(name, value);
    }
    test.send(bare.body(Body::empty()).unwrap()).await.expect(200);
    assert!(!test.knows(&third).await);
}

#[tokio::test]
async fn every_answer_is_json_that_nobody_keeps() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let answers = [
        test.get("/api/v1/me", &ada.headers()).await.expect(200),
        test.get("/api/v1/me", &[]).await.expect(401),
        test.get("/api/v1/nothing", &[]).await.expect(404),
        test.get("/api/v1", &[]).await.expect(404),
        test.get("/api/v1/login", &[]).await.expect(405),
        test.raw_rc(&ada, "users.resetTOTP", None, vec![b' '; (1 << 20) + 1]).await.expect(413),
        test.raw_rc(&ada, "users.resetTOTP", Some("text/plain"), b"userId".to_vec()).await.expect(415),
        test.as_rc(&ada, "users.resetTOTP", &[], &json!({"userId": 1})).await.expect(400),
        {
            test.store.fail_reads(true);
            test.get("/api/v1/me", &ada.headers()).await.expect(503)
        },
    ];
    for answer in &answers {
        assert_eq!(answer.header("content-type"), Some("application/json"), "{}", answer.status);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{}", answer.status);
        assert_eq!(answer.header("pragma"), Some("no-cache"), "{}", answer.status);
        assert!(answer.header("x-request-id").unwrap().starts_with("req_"));
    }
    assert!(answers[8].header("retry-after").is_some());
    let failures: Vec<_> = answers[1..].iter().map(|answer| shown(answer, &[])).collect();
    assert_json_snapshot!(failures);
}
