//! `users.setPreferences`: the language people are written to in.

use portcullis_domain::user::Role;
use serde_json::{Value, json};

use crate::support::TestApp;

#[tokio::test]
async fn the_own_language_is_kept_and_shown() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let preferences = async || {
        let me = test.get("/api/v1/me", &ada.headers()).await.expect(200);
        me.body["settings"]["preferences"].clone()
    };
    assert_eq!(preferences().await, json!({}));
    let set = async |body: Value| test.as_rc(&ada, "users.setPreferences", &[], &body).await;
    let done = set(json!({"data": {"language": "de"}})).await.expect(200);
    let expected = json!({
        "user": {"_id": ada.id, "settings": {"preferences": {"language": "de"}}}, "success": true,
    });
    assert_eq!(done.body, expected);
    assert_eq!(preferences().await, json!({"language": "de"}));
    assert_eq!(set(json!({"userId": ada.id, "data": {}})).await.expect(200).body, expected);
    let unknown_to_us = set(json!({"data": {"language": "tlh-x-war"}})).await.expect(200);
    assert_eq!(unknown_to_us.body["user"]["settings"]["preferences"], json!({"language": "tlh-x-war"}));
    set(json!({"data": {"language": ""}})).await.expect(200);
    assert_eq!(preferences().await, json!({}));
    let events = test.store.envelopes().iter().filter(|envelope| envelope.actor.id == ada.id).count();
    assert_eq!(events, 0, "it is personal data");
}

#[tokio::test]
async fn anothers_needs_the_permission_and_the_other() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let ada = test.account("ada", &[Role::User]).await;
    let of = |id: &str| json!({"userId": id, "data": {"language": "de"}});
    for id in [root.id.as_str(), "nobody", "0190163d-8694-739b-aea5-5966c26f8ad2"] {
        let refused = test.as_rc(&ada, "users.setPreferences", &[], &of(id)).await.expect(400);
        assert_eq!(refused.body["errorType"], json!("error-action-not-allowed"), "{id}");
    }
    let done = test.as_rc(&root, "users.setPreferences", &[], &of(&ada.id)).await.expect(200);
    assert_eq!(done.body["user"]["_id"], json!(ada.id));
    for id in ["", "nobody", "0190163d-8694-739b-aea5-5966c26f8ad2"] {
        let unknown = test.as_rc(&root, "users.setPreferences", &[], &of(id)).await.expect(400);
        assert_eq!(unknown.body["errorType"], json!("error-invalid-user"), "{id}");
    }
}

#[tokio::test]
async fn what_is_not_kept_is_not_said_to_be() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let rows = test.store.count_rows();
    for body in [
        json!({}),
        json!({"data": "de"}),
        json!({"data": {"language": 1}}),
        json!({"data": {"language": null}}),
        json!({"data": {"language": "de\r\nBcc: eve@example.com"}}),
        json!({"data": {"language": "x".repeat(36)}}),
        json!({"data": {"language": "de", "hideUsernames": true}}),
        json!({"data": {"language": "de"}, "other": 1}),
        json!({"userId": 1, "data": {"language": "de"}}),
    ] {
        let refused = test.as_rc(&ada, "users.setPreferences", &[], &body).await.expect(400);
        assert_eq!(refused.body["errorType"], json!("invalid-params"), "{body}");
    }
    assert_eq!(test.store.count_rows(), rows);
}
