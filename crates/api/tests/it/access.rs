//! Granting and taking away access.

use insta::assert_json_snapshot;
use portcullis_domain::ids::UserId;
use portcullis_testkit::build::{a_lock, a_person, granted, lock_id};
use serde_json::json;

use crate::support::TestApp;

const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";

fn ada() -> UserId {
    UserId::parse(ADA).unwrap()
}

#[tokio::test]
async fn a_person_takes_a_lock_off_the_own_list() {
    let test = TestApp::new();
    a_person().id(ada()).put(test.store.as_ref()).await;
    let door = a_lock().id(lock_id("4711")).put(test.store.as_ref()).await;
    granted(ada(), &door).put(test.store.as_ref()).await;
    let token = test.bearer(ada());
    let body = json!({"lockId": "4711", "removedBy": "front desk", "reason": "moved out", "unknown": 1});
    let path = format!("/users/{ADA}/RemoveAccessibleLock");
    let removed = test.post(&path, &[("authorization", &token)], &body).await.expect(200);
    assert_eq!(removed.header("etag"), Some("\"3\""));
    assert_json_snapshot!(removed.told());
    let again = test.post(&path, &[("authorization", &token)], &body).await;
    assert_json_snapshot!(again.told());
}
