//! `Idempotency-Key` and `If-Match`.

use portcullis_domain::ids::UserId;
use portcullis_testkit::build::{a_lock, a_person, a_user_id, granted, lock_id};
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, TestApp};

const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";

/// Ada at version 2, with the lock 4711.
async fn with_lock() -> TestApp {
    let test = TestApp::new();
    let ada = a_person().id(UserId::parse(ADA).unwrap()).put(test.store.as_ref()).await;
    let door = a_lock().id(lock_id("4711")).put(test.store.as_ref()).await;
    granted(ada, &door).put(test.store.as_ref()).await;
    test
}

fn body() -> Value {
    json!({"lockId": "4711", "removedBy": "front desk", "reason": "moved out"})
}

async fn remove(test: &TestApp, headers: &[(&str, &str)], body: &Value) -> Answer {
    let token = test.bearer(UserId::parse(ADA).unwrap());
    let mut all = vec![("authorization", token.as_str())];
    all.extend(headers);
    test.post(&format!("/users/{ADA}/RemoveAccessibleLock"), &all, body).await
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer() {
    let test = with_lock().await;
    let key = [("idempotency-key", "k-1")];
    let first = remove(&test, &key, &body()).await.expect(200);
    let events = test.store.envelopes().len();
    let again = remove(&test, &key, &body()).await.expect(200);
    assert_eq!(first.body, again.body);
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), (None, Some("true")));
    assert_eq!(first.header("etag"), again.header("etag"));
    assert_eq!(test.store.envelopes().len(), events);
    remove(&test, &key, &json!({"lockId": "4711", "removedBy": "x", "reason": "y"})).await.expect(422);
    // Another caller's key of the same name is another key.
    let staff = test.staff();
    let headers = [("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str()), key[0]];
    test.post(&format!("/users/{ADA}/RemoveAccessibleLock"), &headers, &body()).await.expect(400);
}

#[tokio::test]
async fn a_repeated_refusal_keeps_the_first_request_id() {
    let test = with_lock().await;
    remove(&test, &[], &body()).await.expect(200);
    let key = [("idempotency-key", "k-2")];
    let first = remove(&test, &key, &body()).await.expect(400);
    let again = remove(&test, &key, &body()).await.expect(400);
    assert_eq!(first.body, again.body);
    assert_eq!(first.header("x-request-id"), first.body["requestId"].as_str());
    assert_ne!(again.header("x-request-id"), again.body["requestId"].as_str());
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), (None, Some("true")));
}

#[tokio::test]
async fn malformed_keys_are_refused_and_invalid_requests_not_remembered() {
    let test = with_lock().await;
    for key in ["", "with space", &"x".repeat(256)] {
        remove(&test, &[("idempotency-key", key)], &body()).await.expect(400);
    }
    remove(&test, &[("idempotency-key", "a"), ("idempotency-key", "b")], &body()).await.expect(400);
    let key = [("idempotency-key", "k-3")];
    remove(&test, &key, &json!({})).await.expect(400);
    remove(&test, &key, &body()).await.expect(200);
}

#[tokio::test]
async fn a_condition_on_the_version() {
    let test = with_lock().await;
    for malformed in ["", "2", "\"x\"", "\"\"", "*, \"2\"", "\"+2\"", "\"2\" \"3\""] {
        remove(&test, &[("if-match", malformed)], &body()).await.expect(400);
    }
    for stale in ["\"1\"", "\"3\", \"4\"", "W/\"2\"", "\"0\""] {
        remove(&test, &[("if-match", stale)], &body()).await.expect(412);
    }
    assert_eq!(remove(&test, &[("if-match", "\"9\", \"2\"")], &body()).await.expect(200).header("etag"), Some("\"3\""));
    // The version is looked at before the rule: the lock is gone, but that is not what is told.
    remove(&test, &[("if-match", "\"2\"")], &body()).await.expect(412);
    remove(&test, &[("if-match", "*")], &body()).await.expect(400);
}

/// What is wrong with the request itself may be mended under the same key, also where only the rules could tell.
#[tokio::test]
async fn a_fault_of_the_request_is_not_remembered() {
    let test = with_lock().await;
    let staff = test.staff();
    let post = async |path: &str, key: &str, body: Value| {
        let headers = [("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str()), ("idempotency-key", key)];
        test.post(path, &headers, &body).await
    };
    let grant = |until: &str| json!({"lockId": "9", "lockName": "Gate", "accessLevel": "USER", "grantedBy": "desk", "validUntil": until});
    let path = format!("/users/{ADA}/AddAccessibleLock");
    post(&path, "a", grant("2001-01-01T00:00:00Z")).await.expect(400);
    post(&path, "a", grant("2099-01-01T00:00:00Z")).await.expect(200);

    let nobody = a_user_id();
    let lock = json!({"ownerId": nobody.to_string()});
    for (path, body) in [("/locks/new/CreateLock", &lock), ("/locks/4711/SetOwner", &json!({"userId": nobody}))] {
        post(path, "b", body.clone()).await.expect(400);
    }
    a_person().id(nobody).put(test.store.as_ref()).await;
    post("/locks/new/CreateLock", "b", lock).await.expect(201);
    post("/locks/4711/SetOwner", "b", json!({"userId": nobody})).await.expect(200);

    post("/tenants/fresh/register", "c", json!({"orgName": "F", "ownerEmail": "f@example.com"})).await.expect(201);
    let key = |until: &str| json!({"orgId": "fresh", "orgName": "F", "expiresAt": until});
    post("/api-keys", "d", key("2001-01-01T00:00:00Z")).await.expect(400);
    post("/api-keys", "d", key("2099-01-01T00:00:00Z")).await.expect(201);
}
