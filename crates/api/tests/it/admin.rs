//! Camera accounts and history.

use insta::assert_json_snapshot;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::GatewayError;
use portcullis_testkit::build::{a_lock, a_person, granted, lock_id};
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
    assert_eq!(reset.header("etag"), Some("\"6\""), "it began, deleted, made and is over");
    assert_json_snapshot!("reset", reset.told());
    let staff = test.staff();
    let headers = [("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str())];
    let bare = axum::http::Request::post(&path);
    let bare = headers.iter().fold(bare, |bare, (name, value)| bare.header(*name, *value));
    let defaults = test.send(bare.body(axum::body::Body::empty()).unwrap()).await;
    assert_json_snapshot!("reset-defaults", defaults.told());
    let events = staff_get(&test, &format!("/admin/aggregates/user/{ADA}/events?fromVersion=6&limit=1")).await;
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
    let told: Vec<_> = test.store.envelopes().split_off(before).into_iter().map(|envelope| envelope.name).collect();
    assert_eq!(told, ["ThreeDEyeResetStarted", "ThreeDEyeResetFailed"].repeat(2));
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

#[tokio::test]
async fn the_registry_is_paged_over_all_kinds() {
    let test = with_ada().await;
    for id in ["a", "b", "c"] {
        a_lock().id(lock_id(id)).org("acme").put(test.store.as_ref()).await;
    }
    test.key("acme", false).await;
    let names = |answer: &Answer| -> Vec<String> {
        let heads = answer.body["aggregates"].as_array().unwrap().iter();
        heads.map(|head| head["aggregateId"].as_str().unwrap().to_owned()).collect()
    };
    let all = staff_get(&test, "/admin/aggregates").await.expect(200);
    assert_eq!(names(&all), [ADA, "a", "b", "c", "acme"]);
    assert_eq!(all.body["nextOffset"], Value::Null);
    let mut offset = 0;
    let mut paged = Vec::new();
    loop {
        let page = staff_get(&test, &format!("/admin/aggregates?limit=2&offset={offset}")).await.expect(200);
        paged.extend(names(&page));
        let Some(next) = page.body["nextOffset"].as_u64() else { break };
        offset = next;
    }
    assert_eq!(paged, names(&all));
    assert_json_snapshot!("registry-page", staff_get(&test, "/admin/aggregates?type=lock&q=b&limit=1").await.told());
    assert!(names(&staff_get(&test, "/admin/aggregates?offset=99").await.expect(200)).is_empty());
    let wrong = staff_get(&test, "/admin/aggregates?type=camera&limit=201&offset=-1").await;
    assert_json_snapshot!("registry-wrong", wrong.told());
    for beginning in ["%00", "a%00b", "%1F", "%C2%85", &"x".repeat(129)] {
        let wrong = staff_get(&test, &format!("/admin/aggregates?q={beginning}")).await.expect(400);
        assert!(wrong.body.to_string().contains("\"q\""), "{beginning}: {}", wrong.body);
    }
    assert!(names(&staff_get(&test, &format!("/admin/aggregates?q={}", "x".repeat(128))).await.expect(200)).is_empty());
}

#[tokio::test]
async fn an_aggregate_is_shown_with_its_events() {
    let test = with_ada().await;
    let door = a_lock().id(lock_id("4711")).org("acme").put(test.store.as_ref()).await;
    granted(UserId::parse(ADA).unwrap(), &door).put(test.store.as_ref()).await;
    test.key("acme", false).await;
    let without_ids = |answer: Answer| {
        let mut told = answer.expect(200).told();
        for event in told["body"]["events"].as_array_mut().unwrap() {
            event["requestId"] = json!("req_…");
        }
        told
    };
    let whole = staff_get(&test, &format!("/admin/aggregates/user/{ADA}")).await;
    assert_eq!(whole.header("etag"), Some("\"2\""));
    assert_json_snapshot!("aggregate-user", without_ids(whole));
    let part = staff_get(&test, &format!("/admin/aggregates/UserAggregate/{ADA}?limit=1")).await.expect(200);
    let counts = ["eventCount", "eventsTruncated"].map(|name| part.body[name].clone());
    assert_eq!((part.body["events"].as_array().unwrap().len(), counts), (1, [json!(2), json!(true)]));
    assert_json_snapshot!("aggregate-lock", without_ids(staff_get(&test, "/admin/aggregates/lock/4711").await));
    let number = json!({"phoneNumber": "+48 600 100 200"});
    staff_post(&test, &format!("/users/{ADA}/UpdatePhoneNumber"), &number).await.expect(200);
    let user = staff_get(&test, &format!("/admin/aggregates/user/{ADA}")).await.expect(200);
    assert_eq!(user.body["state"]["phoneNumber"], "+48600100200");
    let maker = json!({"index": 7, "uuid": "of the maker", "serialNumber": "SN-000042", "vendorName": "Lockmaker"});
    staff_post(&test, "/locks/4712/CreateLock", &maker).await.expect(201);
    let lock = staff_get(&test, "/admin/aggregates/lock/4712").await.expect(200).body;
    for (name, value) in maker.as_object().unwrap() {
        assert_eq!(lock["state"][name], *value, "{name}");
    }
    let mut tenant = staff_get(&test, "/admin/aggregates/tenant/acme").await.expect(200).body;
    assert_eq!(tenant["events"].as_array_mut().unwrap().len(), 2);
    let key = &tenant["state"]["apiKeys"][0];
    assert_eq!(key["apiKeyPrefix"].as_str().unwrap().len(), 8);
    assert_eq!(key["revokedAt"], Value::Null);
    for path in ["user/nobody", "lock/nothing", "tenant/none", "lock/4711?limit=0", "camera/1"] {
        let status = staff_get(&test, &format!("/admin/aggregates/{path}")).await.status.as_u16();
        assert_eq!(status, if path.contains("limit") || path.starts_with("camera") { 400 } else { 404 }, "{path}");
    }
}
