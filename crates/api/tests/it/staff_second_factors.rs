//! What staff does about second factors: clearing one, and seeing who has which.

use insta::assert_json_snapshot;
use portcullis_domain::commit::PrivateChange;
use portcullis_domain::event::{ActorKind, Event};
use portcullis_domain::ids::UserId;
use portcullis_domain::user::{Profile, Role};
use portcullis_testkit::build::{a_commit, a_person, email};
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Account, Answer, TestApp, shown};

const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";

async fn reset_with(test: &TestApp, id: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let staff = test.staff();
    let credentials = [("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str())];
    let headers: Vec<_> = credentials.into_iter().chain(headers.iter().copied()).collect();
    test.post(&format!("/admin/users/{id}/reset-totp"), &headers, body).await
}

async fn reset(test: &TestApp, id: &str) -> Answer {
    reset_with(test, id, &[], &json!({"reason": "phone lost"})).await
}

async fn list(test: &TestApp, query: &str) -> Answer {
    let staff = test.staff();
    let headers = [("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str())];
    test.get(&format!("/admin/second-factors{query}"), &headers).await
}

/// The answer with what differs between runs under a name.
fn told(answer: &Answer, who: &Account) -> Value {
    let message = answer.body["notice"]["messageId"].as_str().unwrap_or("no message");
    shown(answer, &[(&who.id, "<ada>"), (message, "<message>")])
}

#[tokio::test]
async fn staff_clears_a_second_factor_and_is_told_everything() {
    let test = TestApp::new();
    test.leaves_messages();
    let ada = test.account("ada", &[Role::User]).await;
    let phone = test.enrols(&ada).await;
    let again = json!({"user": "ada", "password": "ada", "code": phone.backup[0]});
    test.rc("login", &[], &again).await.expect(200);

    let done = reset(&test, &ada.id).await.expect(200);
    assert_json_snapshot!("reset", told(&done, &ada));
    assert_eq!(done.header("etag"), Some("\"4\""));
    assert!(!test.knows(&ada).await);
    test.signs_in("ada").await;

    let envelope = test.store.envelopes().pop().unwrap();
    assert_eq!((envelope.actor.kind, envelope.actor.id.as_str()), (ActorKind::Staff, "staff|grace"));
    assert_eq!(envelope.reason.unwrap().as_str(), "phone lost");
    assert_eq!(envelope.request_id.as_str(), done.header("x-request-id").unwrap());
    assert!(matches!(envelope.event, Event::TotpReset(_)));
    let notice = test.store.outbox_rows().pop().unwrap().message;
    assert_eq!(notice.id.to_string(), done.body["notice"]["messageId"].as_str().unwrap());
    assert_eq!((notice.template.as_str(), notice.payload.expose().contains("administrator")), ("totp-reset", true));
}

#[tokio::test]
async fn where_there_is_nothing_to_reset_the_answer_says_so() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let events = test.store.envelopes().len();
    let done = reset(&test, &ada.id).await.expect(200);
    assert_json_snapshot!("nothing", told(&done, &ada));
    assert!(test.knows(&ada).await);
    // Nor has a person without an account anything.
    a_person().id(UserId::parse(ADA).unwrap()).put(test.store.as_ref()).await;
    let bare = reset(&test, ADA).await.expect(200);
    assert_eq!((&bare.body["event"], &bare.body["username"]), (&Value::Null, &Value::Null));
    assert_eq!(test.store.envelopes().len(), events + 1);
    assert!(test.store.outbox_rows().is_empty());
}

#[tokio::test]
async fn an_enrolment_that_was_begun_is_cleared_too() {
    let test = TestApp::new();
    test.leaves_messages();
    let ada = test.account("ada", &[Role::User]).await;
    test.as_rc(&ada, "users.totp.enable", &[], &json!({})).await.expect(200);
    let done = reset(&test, &ada.id).await.expect(200);
    assert_eq!(done.body["reset"], json!({"totp": false, "pending": true, "backupCodes": 0}));
    assert_eq!(done.body["sessionsEnded"], 1);
    assert!(!test.knows(&ada).await);
}

#[tokio::test]
async fn without_a_verified_address_nobody_is_told_and_the_answer_says_so() {
    let test = TestApp::new();
    let id = UserId::parse(ADA).unwrap();
    a_person().id(id).account("ada", &[Role::User]).put(test.store.as_ref()).await;
    let ada = test.signs_in("ada").await;
    test.enrols(&ada).await;
    let done = reset(&test, ADA).await.expect(200);
    let notice = json!({"queued": false, "messageId": null, "to": [], "whyNot": "no verified address"});
    assert_eq!(done.body["notice"], notice);
    assert!(test.store.outbox_rows().is_empty());
}

#[tokio::test]
async fn second_factors_that_are_switched_off_can_be_cleared() {
    let test = TestApp::with(|settings| settings.two_factor.enabled = false);
    test.leaves_messages();
    let ada = test.account("ada", &[Role::User]).await;
    test.enrols(&ada).await;
    assert_eq!(reset(&test, &ada.id).await.expect(200).body["reset"]["totp"], true);
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_an_old_version_none() {
    let test = TestApp::new();
    test.leaves_messages();
    let ada = test.account("ada", &[Role::User]).await;
    test.enrols(&ada).await;
    let body = json!({"reason": "phone lost"});
    let stale = reset_with(&test, &ada.id, &[("if-match", "\"1\"")], &body).await.expect(412);
    assert_eq!(stale.body["success"], false);
    let key = [("idempotency-key", "desk-1"), ("if-match", "\"3\"")];
    let first = reset_with(&test, &ada.id, &key, &body).await.expect(200);
    assert_eq!((first.header("etag"), first.header("idempotent-replayed")), (Some("\"4\""), None));
    let events = test.store.envelopes().len();
    let second = reset_with(&test, &ada.id, &key, &body).await.expect(200);
    assert_eq!((second.header("etag"), second.header("idempotent-replayed")), (Some("\"4\""), Some("true")));
    assert_eq!(second.body, first.body);
    let other = reset_with(&test, &ada.id, &key, &json!({"reason": "another"})).await.expect(422);
    assert_eq!(other.body["success"], false);
    assert_eq!((test.store.envelopes().len(), test.store.outbox_rows().len()), (events, 1));
}

#[tokio::test]
async fn nobody_is_not_found_and_a_reason_is_needed() {
    let test = TestApp::new();
    for id in [ADA, "nobody"] {
        let unknown = reset(&test, id).await.expect(404);
        assert_eq!(unknown.body["message"], format!("Aggregate not found: UserAggregate/{id}"));
    }
    for body in [json!({}), json!({"reason": " "}), json!({"reason": "x".repeat(501)}), json!({"reason": 7})] {
        let refused = reset_with(&test, ADA, &[], &body).await.expect(400);
        assert_eq!(refused.body["details"][0]["field"], "reason", "{body}");
    }
    assert!(test.store.envelopes().is_empty());
}

#[tokio::test]
async fn a_reset_that_cannot_be_written_leaves_everything() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    test.enrols(&ada).await;
    test.store.poison("TotpReset");
    reset(&test, &ada.id).await.expect(503);
    assert!(test.knows(&ada).await && test.store.outbox_rows().is_empty());
}

#[tokio::test]
async fn staff_sees_who_has_which_second_factor() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let bob = test.account("bob", &[Role::User]).await;
    let eve = test.account("eve", &[Role::User]).await;
    let kim = test.account("kim", &[Role::User]).await;
    a_person().email("nobody@example.com").put(test.store.as_ref()).await;
    let phone = test.enrols(&ada).await;
    let code = phone.next_code(&test.clock);
    test.rc("login", &[], &json!({"user": "ada", "password": "ada", "code": code})).await.expect(200);
    test.as_rc(&bob, "users.totp.enable", &[], &json!({})).await.expect(200);
    for who in [&bob, &kim] {
        test.has_email_codes(who).await;
    }
    // Bob's address is no longer confirmed.
    let user = UserId::parse(&bob.id).unwrap();
    let profile = Profile { email: Some(email("bob@example.com")), ..Profile::empty(user) };
    a_commit().private(PrivateChange::Profile(profile)).put(test.store.as_ref()).await;

    let all = list(&test, "").await.expect(200);
    let names = [
        (ada.id.as_str(), "<ada>"),
        (bob.id.as_str(), "<bob>"),
        (eve.id.as_str(), "<eve>"),
        (kim.id.as_str(), "<kim>"),
    ];
    assert_json_snapshot!("everybody", shown(&all, &names));
    for (state, expected) in
        [("none", vec!["eve"]), ("pending", vec!["bob"]), ("totp", vec!["ada"]), ("email", vec!["bob", "kim"])]
    {
        let page = list(&test, &format!("?state={state}")).await.expect(200);
        let users = page.body["users"].as_array().unwrap();
        let names: Vec<_> = users.iter().map(|user| user["username"].as_str().unwrap()).collect();
        assert_eq!(names, expected, "{state}");
        assert!(users.iter().all(|user| user["states"].as_array().unwrap().contains(&json!(state))));
        assert_eq!(page.body["nextCursor"], Value::Null);
    }
    let shown = all.body.to_string();
    assert!(!shown.contains(phone.secret.expose()) && !shown.contains(&phone.backup[1]) && !shown.contains('@'));
}

#[tokio::test]
async fn a_list_is_paged_to_its_end() {
    let test = TestApp::new();
    for number in 0..7 {
        test.has_account(&format!("user{number}"), &[Role::User]).await;
    }
    for query in ["?limit=3", "?state=none&limit=3"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        let mut pages = 0;
        loop {
            let page = list(&test, &format!("{query}{cursor}")).await.expect(200);
            let users = page.body["users"].as_array().unwrap().clone();
            seen.extend(users.iter().map(|user| user["userId"].as_str().unwrap().to_owned()));
            pages += 1;
            let Some(next) = page.body["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let mut sorted = seen.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!((pages, seen.len()), (3, 7), "{query}");
        assert_eq!(seen, sorted);
    }
    let wrong = list(&test, "?state=some&limit=0&cursor=x").await.expect(400);
    let fields: Vec<_> = wrong.body["details"].as_array().unwrap().iter().map(|fault| fault["field"].clone()).collect();
    assert_eq!(fields, ["state", "cursor", "limit"], "all faults at once");
}
