//! Messages that could not be delivered.

use insta::assert_json_snapshot;
use portcullis_domain::clock::Clock;
use portcullis_domain::commit::{OutboxMessage, WorkChange};
use portcullis_domain::port::Outbox;
use portcullis_testkit::build::{a_commit, a_message, a_user_id};
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, TestApp};

async fn get(test: &TestApp, query: &str) -> Answer {
    let staff = test.staff();
    let headers = [("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str())];
    test.get(&format!("/admin/outbox{query}"), &headers).await
}

async fn retry(test: &TestApp, id: &str, key: &str) -> Answer {
    let staff = test.staff();
    let headers = [("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str()), ("idempotency-key", key)];
    test.post(&format!("/admin/outbox/{id}/retry"), &headers, &Value::Null).await
}

#[tokio::test]
async fn staff_sees_what_became_of_messages_and_nothing_of_what_they_say() {
    let test = TestApp::new();
    let user = a_user_id();
    let secret = "4711-secret";
    for (number, state) in ["waiting", "delivered", "waiting"].into_iter().enumerate() {
        let message = OutboxMessage {
            user: Some(user),
            template: "email-code".to_owned(),
            payload: portcullis_domain::secret::Secret::new(secret.to_owned()),
            at: test.clock.now(),
            ..a_message(&format!("key {number}"))
        };
        let id = message.id;
        a_commit().message(message).put(test.store.as_ref()).await;
        if state == "delivered" {
            a_commit().work(WorkChange::OutboxDelivered(id)).put(test.store.as_ref()).await;
        }
    }
    let buried = test.a_buried_message().await.to_string();
    let all = get(&test, "").await.expect(200);
    let states: Vec<_> = all.body["messages"].as_array().unwrap().iter().map(|row| row["state"].clone()).collect();
    assert_eq!(states, ["buried", "waiting", "delivered", "waiting"]);
    assert!(!all.body.to_string().contains(secret) && all.body["messages"][0].get("payload").is_none());
    let row = &all.body["messages"][0];
    assert_eq!((&row["id"], &row["retryable"]), (&json!(buried), &json!(true)));
    assert_eq!(row["reason"], json!("the mail server refuses the recipient (550)"));
    assert_eq!(all.body["messages"][1]["userId"], json!(user.to_string()));
    let keys: Vec<_> = row.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        keys,
        ["attempts", "doneAt", "id", "nextTryAt", "queuedAt", "reason", "retryable", "state", "template", "userId"]
    );
    let first = get(&test, "?state=waiting&limit=1").await.expect(200);
    let cursor = first.body["nextCursor"].as_str().unwrap();
    let second = get(&test, &format!("?state=waiting&limit=1&cursor={cursor}")).await.expect(200);
    assert_eq!((second.body["messages"].as_array().unwrap().len(), &second.body["nextCursor"]), (1, &Value::Null));
    assert_ne!(first.body["messages"], second.body["messages"]);
    test.leaves_messages();
}

#[tokio::test]
async fn a_message_given_up_is_tried_again_once() {
    let test = TestApp::new();
    let id = test.a_buried_message().await.to_string();
    let done = retry(&test, &id, "one").await.expect(200);
    assert_eq!((&done.body["state"], &done.body["doneAt"]), (&json!("waiting"), &Value::Null));
    assert_eq!((&done.body["success"], &get(&test, "").await.body["success"]), (&json!(true), &json!(true)));
    // The version is the number of tries.
    assert_eq!(done.header("etag"), Some(format!("\"{}\"", done.body["attempts"]).as_str()));
    assert_eq!(test.store.backlog().await.unwrap().waiting, 1);
    let again = retry(&test, &id, "one").await.expect(200);
    assert_eq!((again.header("idempotent-replayed"), &again.body), (Some("true"), &done.body));
    let waits = retry(&test, &id, "two").await.expect(409);
    assert_json_snapshot!("waits", waits.told());
    for unknown in ["x", "0190163d-8694-739b-aea5-5966c26f8ad2", "%20"] {
        let unknown = retry(&test, unknown, unknown).await.expect(404);
        assert_eq!(unknown.body["message"], json!("there is no such message"));
    }
    test.leaves_messages();
}

#[tokio::test]
async fn all_faults_of_a_query_are_told_at_once() {
    let test = TestApp::new();
    let told = get(&test, "?state=lost&limit=0&cursor=-1").await.expect(400);
    for field in ["state", "limit", "cursor"] {
        assert!(told.body.to_string().contains(field), "{}", told.body);
    }
}
