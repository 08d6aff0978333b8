//! Camera accounts and history.

use insta::assert_json_snapshot;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::GatewayError;
use portcullis_testkit::build::{a_lock, a_person, granted};
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, TestApp};

const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";

async fn with_ada() -> TestApp {
    let test = TestApp::new();
    a_person().id(UserId::parse(ADA).unwrap()).org("acme").email("ada@example.com").put(test.store.as_ref()).await;
    test
}

async fn staff_post(test: &TestApp, path: &str, body: &Value) -> Answer {
    let staff = test.staff();
    test.post(path, &[("x-admin-api-key", ADMIN_KEY), ("authorization", &staff)], body).await
}

async fn staff_get(test: &TestApp, path: &str) -> Answer {
    let staff = test.staff();
    test.get(path, &[("x-admin-api-key", ADMIN_KEY), ("authorization", &staff)]).await
}

#[tokio::test]
async fn credentials_are_made_at_the_first_fetch_and_stay() {
    let test = with_ada().await;
    let token = test.bearer(UserId::parse(ADA).unwrap());
    let path = format!("/users/{ADA}/3deye-credentials");
    let first = test.get(&path, &[("authorization", &token)]).await.expect(200);
    let again = test.get(&path, &[("authorization", &token)]).await.expect(200);
    assert_eq!(first.body, again.body);
    assert_eq!(first.header("cache-control"), Some("no-store"));
    let keys: Vec<_> = first.body.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["email", "password", "threeDeyeUserId", "userId"]);
}

#[tokio::test]
async fn a_reset_says_what_it_did_and_is_on_record() {
    let test = with_ada().await;
    let path = format!("/admin/threedeye/users/{ADA}/reset");
    staff_get(&test, &format!("/users/{ADA}/3deye-credentials")).await.expect(200);
    let body = json!({"clearMapping": true, "deleteRemote": true, "reprovision": true});
    let reset = staff_post(&test, &path, &body).await;
    assert_eq!(reset.header("etag"), Some("\"4\""));
    assert_json_snapshot!("reset", reset.told());
    let staff = test.staff();
    let headers = [("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str())];
    let bare = axum::http::Request::post(&path);
    let bare = headers.iter().fold(bare, |bare, (name, value)| bare.header(*name, *value));
    let defaults = test.send(bare.body(axum::body::Body::empty()).unwrap()).await;
    assert_json_snapshot!("reset-defaults", defaults.told());
    let events = staff_get(&test, &format!("/admin/aggregates/user/{ADA}/events?fromVersion=4&limit=1")).await;
    let mut told = events.told();
    let id = &mut told["body"]["events"][0]["requestId"];
    assert!(id.as_str().unwrap().starts_with("req_"));
    *id = json!("req_…");
    assert_json_snapshot!("history", told);
}

#[tokio::test]
async fn a_failing_threedeye_is_told_and_nothing_is_cleared() {
    let test = with_ada().await;
    let path = format!("/admin/threedeye/users/{ADA}/reset");
    staff_get(&test, &format!("/users/{ADA}/3deye-credentials")).await.expect(200);
    let before = test.store.envelopes().len();
    test.gateway.set_down(Some(GatewayError::Unavailable { retry_after: None }));
    let body = json!({"deleteRemote": true});
    assert_json_snapshot!("threedeye-down", staff_post(&test, &path, &body).await.told());
    test.gateway.set_down(Some(GatewayError::NotConfigured));
    let off = staff_post(&test, &path, &body).await;
    assert_eq!(off.header("retry-after"), Some("2"));
    assert_json_snapshot!("threedeye-off", off.told());
    assert_eq!(test.store.envelopes().len(), before);
    // Clearing alone needs no 3dEye.
    staff_post(&test, &path, &json!({})).await.expect(200);
}

#[tokio::test]
async fn nobody_to_reset() {
    let test = TestApp::new();
    assert_json_snapshot!(staff_post(&test, "/admin/threedeye/users/example_string/reset", &json!({})).await.told());
}

#[tokio::test]
async fn history_is_paged_and_filtered() {
    let test = with_ada().await;
    let ada = UserId::parse(ADA).unwrap();
    for _ in 0..4 {
        let door = a_lock().put(test.store.as_ref()).await;
        granted(ada, &door).put(test.store.as_ref()).await;
    }
    let path = format!("/admin/aggregates/UserAggregate/{ADA}/events");
    let versions = |answer: &Answer| -> Vec<u64> {
        answer.body["events"].as_array().unwrap().iter().map(|event| event["version"].as_u64().unwrap()).collect()
    };
    let first = staff_get(&test, &format!("{path}?limit=2&type=AccessibleLockAdded")).await.expect(200);
    assert_eq!((versions(&first), &first.body["nextCursor"]), (vec![2, 3], &json!(4)));
    let second = staff_get(&test, &format!("{path}?limit=2&type=AccessibleLockAdded&cursor=4")).await.expect(200);
    assert_eq!((versions(&second), &second.body["nextCursor"]), (vec![4, 5], &Value::Null));
    let part = staff_get(&test, &format!("{path}?fromVersion=2&toVersion=3")).await.expect(200);
    assert_eq!(versions(&part), [2, 3]);
    assert_json_snapshot!(
        "bad-filter",
        staff_get(&test, &format!("{path}?limit=501&cursor=0&toVersion=x")).await.told()
    );
    assert_json_snapshot!("bad-type", staff_get(&test, "/admin/aggregates/camera/x/events").await.told());
    assert_json_snapshot!("no-history", staff_get(&test, "/admin/aggregates/lock/x/events").await.told());
}
