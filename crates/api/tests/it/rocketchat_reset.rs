//! `users.resetTOTP`: what a reset leaves behind, and what it tells.

use portcullis_domain::event::{ActorKind, Event};
use portcullis_domain::user::Role;
use portcullis_testkit::build::user_name;
use portcullis_testkit::fake::FakeHasher;
use serde_json::{Value, json};

use crate::support::{Account, Answer, TestApp};

/// With the password once more as the second factor.
async fn reset(test: &TestApp, who: &Account, body: Value) -> Answer {
    let code = who.password_code();
    test.as_rc(who, "users.resetTOTP", &[("x-2fa-code", &code), ("x-2fa-method", "password")], &body).await
}

#[tokio::test]
async fn an_administrator_resets_somebody_else() {
    let test = TestApp::new();
    test.leaves_messages();
    let (root, ada) = (test.account("root", &[Role::Admin]).await, test.account("ada", &[Role::User]).await);
    test.enrols(&ada).await;
    let done = reset(&test, &root, json!({"userId": ada.id})).await.expect(200);
    assert_eq!(done.body, json!({"success": true}));
    assert!(!test.knows(&ada).await && test.knows(&root).await);
    test.signs_in("ada").await;

    let envelope = test.store.envelopes().pop().unwrap();
    assert_eq!((envelope.actor.kind, &envelope.actor.id), (ActorKind::Operator, &root.id));
    assert_eq!(envelope.request_id.as_str(), done.header("x-request-id").unwrap());
    let Event::TotpReset(event) = &envelope.event else { panic!("{}", envelope.name) };
    assert_eq!(
        (event.user_id.to_string(), event.had_totp, event.backup_codes, event.sessions_ended),
        (ada.id.clone(), true, 12, 1)
    );
    let bytes = String::from_utf8(envelope.to_bytes()).unwrap();
    assert!(!["ada@", "root@", "example.com", "\"ada\"", "\"root\""].iter().any(|personal| bytes.contains(personal)));

    let notice = test.store.outbox_rows().pop().unwrap().message;
    assert_eq!((notice.template.as_str(), notice.user.unwrap().to_string()), ("totp-reset", ada.id));
}

#[tokio::test]
async fn a_person_is_named_by_id_or_name_in_any_case() {
    let test = TestApp::new();
    test.leaves_messages();
    let root = test.account("root", &[Role::Admin]).await;
    test.has_account("ada", &[Role::User]).await;
    for (key, value) in [("userId", "ADA"), ("username", "Ada"), ("user", "ada")] {
        let ada = test.signs_in("ada").await;
        test.enrols(&ada).await;
        reset(&test, &root, json!({key: value})).await.expect(200);
        assert!(!test.knows(&ada).await, "{key}");
    }
    // The id wins over the name, and a name over a blank one.
    let ada = test.signs_in("ada").await;
    reset(&test, &root, json!({"userId": ada.id, "username": "nobody"})).await.expect(200);
    reset(&test, &root, json!({"userId": " ", "username": "", "user": "ada"})).await.expect(200);
}

#[tokio::test]
async fn nothing_to_reset_is_a_success_that_leaves_no_trace() {
    let test = TestApp::new();
    let (root, ada) = (test.account("root", &[Role::Admin]).await, test.account("ada", &[Role::User]).await);
    let events = test.store.envelopes().len();
    assert_eq!(reset(&test, &root, json!({"userId": "ada"})).await.expect(200).body, json!({"success": true}));
    assert!(test.knows(&ada).await);
    assert_eq!((test.store.envelopes().len(), test.store.outbox_rows().len()), (events, 0));
}

#[tokio::test]
async fn a_reset_of_the_own_ends_the_very_session_and_mails_a_notice() {
    let test = TestApp::new();
    test.leaves_messages();
    let ada = test.account("ada", &[Role::User]).await;
    let phone = test.enrols(&ada).await;
    let other =
        test.rc("login", &[], &json!({"user": "ada", "password": "ada", "code": phone.next_code(&test.clock)})).await;
    other.expect(200);
    let code = phone.next_code(&test.clock);
    test.as_rc(&ada, "users.resetTOTP", &[("x-2fa-code", &code)], &json!({})).await.expect(200);
    assert!(!test.knows(&ada).await);
    assert_eq!(test.store.count_rows()["work_sessions"], 0);
    assert_eq!(test.store.outbox_rows().len(), 1);
    test.signs_in("ada").await;
}

#[tokio::test]
async fn who_may_not_reset_learns_nothing_of_who_exists() {
    let test = TestApp::new();
    let bob = test.account("bob", &[Role::User, Role::Bot]).await;
    let ada = test.account("ada", &[Role::User]).await;
    let there = reset(&test, &bob, json!({"userId": ada.id})).await;
    for body in [
        json!({"userId": "nobody"}),
        json!({"username": "ada"}),
        json!({"userId": ""}),
        json!({"userId": bob.id}),
        json!({"user": "bob"}),
    ] {
        assert_eq!(reset(&test, &bob, body.clone()).await.told(), there.told(), "{body}");
    }
    assert_eq!(there.code(), "error-not-allowed");
    assert_eq!(there.body.get("details"), None);
}

// The store gives way at each commit: both have read before either has written, and the first one named writes first.

#[tokio::test]
async fn a_sign_in_that_overlaps_a_reset_does_not_survive_it() {
    let test = TestApp::with(|settings| settings.two_factor.password_fallback = false);
    test.leaves_messages();
    let (root, ada) = (test.account("root", &[Role::Admin]).await, test.account("ada", &[Role::User]).await);
    let phone = test.enrols(&ada).await;
    let body = json!({"user": "ada", "password": "ada", "code": phone.next_code(&test.clock)});
    let naming = json!({"userId": "ada"});
    let (signed_in, reset) =
        tokio::join!(biased; test.rc("login", &[], &body), test.as_rc(&root, "users.resetTOTP", &[], &naming));
    reset.expect(200);
    let token = signed_in.expect(200).body["data"]["authToken"].as_str().unwrap().to_owned();
    assert!(!test.knows(&Account { token, ..ada }).await);
    assert_eq!(test.store.count_rows()["work_sessions"], 1);
}

#[tokio::test]
async fn a_sign_in_that_overlaps_a_new_password_does_not_get_through_with_the_old_one() {
    let test = TestApp::new();
    test.has_account("ada", &[Role::User]).await;
    let (request, name, new) = (test.system(), user_name("ada"), FakeHasher::password_digest("new"));
    let body = json!({"user": "ada", "password": "ada"});
    let (set, signing_in) = tokio::join!(
        biased;
        test.app.cases.users.set_password.execute(&request, &name, &new, None),
        test.rc("login", &[], &body)
    );
    set.unwrap();
    signing_in.expect(401);
    assert_eq!(test.store.count_rows()["work_sessions"], 0);
}

#[tokio::test]
async fn a_store_that_fails_leaves_everything_as_it_was() {
    let test = TestApp::new();
    let (root, ada) = (test.account("root", &[Role::Admin]).await, test.account("ada", &[Role::User]).await);
    test.enrols(&ada).await;
    test.store.poison("TotpReset");
    let failed = reset(&test, &root, json!({"userId": "ada"})).await.expect(503);
    assert_eq!(failed.code(), "error-service-unavailable");
    assert!(failed.header("retry-after").is_some());
    assert!(test.knows(&ada).await);
    assert_eq!(test.store.outbox_rows().len(), 0);
}
