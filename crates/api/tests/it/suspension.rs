//! Suspending people and letting them back in.

use std::fmt::Write;
use std::time::Duration;

use insta::{assert_json_snapshot, assert_snapshot};
use portcullis_domain::clock::Clock;
use portcullis_domain::ids::UserId;
use portcullis_domain::user::{Role, UserStatus};
use portcullis_testkit::build::{a_lock, a_person, granted, lock_id};
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, TestApp};

const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";

fn body() -> Value {
    json!({"reason": "lost phone", "by": "front desk"})
}

async fn with_ada() -> (TestApp, UserId) {
    let test = TestApp::new();
    let ada = a_person().id(UserId::parse(ADA).unwrap()).org("acme").put(test.store.as_ref()).await;
    (test, ada)
}

impl TestApp {
    async fn by_staff(&self, command: &str, user: &str, more: &[(&str, &str)], body: &Value) -> Answer {
        let staff = self.staff();
        let mut headers = vec![("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str())];
        headers.extend(more);
        self.post(&format!("/users/{user}/{command}"), &headers, body).await
    }
}

#[tokio::test]
async fn a_suspension_and_its_end() {
    let (test, _) = with_ada().await;
    let suspended = test.by_staff("SuspendUser", ADA, &[], &body()).await;
    assert_eq!(suspended.header("etag"), Some("\"2\""));
    assert_json_snapshot!("suspended", suspended.told());
    let envelope = test.store.envelopes().pop().unwrap();
    assert_eq!(envelope.reason.unwrap().as_str(), "lost phone");
    assert_json_snapshot!("suspended-already", test.by_staff("SuspendUser", ADA, &[], &body()).await.told());
    assert_json_snapshot!("reactivated", test.by_staff("ReactivateUser", ADA, &[], &body()).await.told());
    assert_json_snapshot!("active-already", test.by_staff("ReactivateUser", ADA, &[], &body()).await.told());
    assert_eq!(test.store.envelopes().len(), 3, "what there is nothing to do about leaves no event");
}

#[tokio::test]
async fn what_is_wrong_is_told() {
    let (test, _) = with_ada().await;
    for command in ["SuspendUser", "ReactivateUser"] {
        let wrong = json!({"reason": " ", "by": null});
        let told = test.by_staff(command, ADA, &[], &wrong).await.expect(400);
        let fields: Vec<_> = told.body["details"].as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
        assert_eq!(fields, ["reason", "by"]);
        for nobody in ["42", "0190163d-8694-739b-aea5-5966c26f8ad9"] {
            let told = test.by_staff(command, nobody, &[], &body()).await.expect(404);
            assert_eq!(told.body["message"], format!("Aggregate not found: UserAggregate/{nobody}"));
        }
    }
    let off = a_person().status(UserStatus::Inactive).put(test.store.as_ref()).await.to_string();
    assert_json_snapshot!("switched-off", test.by_staff("ReactivateUser", &off, &[], &body()).await.told());
    // Nor is a suspension a way to switch on again.
    let events = test.store.envelopes().len();
    for command in ["SuspendUser", "ReactivateUser", "SuspendUser"] {
        test.by_staff(command, &off, &[], &body()).await.expect(400);
    }
    assert_eq!(test.store.envelopes().len(), events);
}

#[tokio::test]
async fn who_may_suspend() {
    let (test, ada) = with_ada().await;
    let bob = a_person().org("acme").put(test.store.as_ref()).await;
    let (jwt, key, admin) = ("authorization", "x-api-key", "x-admin-api-key");
    let callers = [
        ("nobody", vec![]),
        ("the person", vec![(jwt, test.bearer(ada))]),
        ("another person", vec![(jwt, test.bearer(bob))]),
        ("key of another", vec![(key, test.key("other", false).await)]),
        ("own key", vec![(key, test.key("acme", false).await)]),
        ("super key", vec![(key, test.key("boss", true).await)]),
        ("staff", vec![(admin, ADMIN_KEY.to_owned()), (jwt, test.staff())]),
    ];
    let mut table = String::new();
    for (name, headers) in callers {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut statuses = Vec::new();
        for (command, user) in
            [("SuspendUser", ADA), ("ReactivateUser", ADA), ("SuspendUser", "42"), ("ReactivateUser", "42")]
        {
            let answer = test.post(&format!("/users/{user}/{command}"), &headers, &body()).await;
            statuses.push(answer.status.as_u16().to_string());
        }
        writeln!(table, "{name:<15}{}", statuses.join(" ")).unwrap();
    }
    assert_snapshot!(table, @r"
    nobody         401 401 401 401
    the person     403 403 403 403
    another person 403 403 403 403
    key of another 403 403 403 403
    own key        403 403 403 403
    super key      200 200 404 404
    staff          200 200 404 404
    ");
}

#[tokio::test]
async fn repeats_and_conditions() {
    let (test, _) = with_ada().await;
    let once = [("idempotency-key", "k-1")];
    let first = test.by_staff("SuspendUser", ADA, &once, &body()).await.expect(200);
    test.by_staff("ReactivateUser", ADA, &[("if-match", "\"1\"")], &body()).await.expect(412);
    test.by_staff("ReactivateUser", ADA, &[("if-match", "\"2\"")], &body()).await.expect(200);
    let again = test.by_staff("SuspendUser", ADA, &once, &body()).await.expect(200);
    assert_eq!((&first.body, again.header("idempotent-replayed")), (&again.body, Some("true")));
    test.by_staff("SuspendUser", ADA, &once, &json!({"reason": "else", "by": "front desk"})).await.expect(422);
    // Stale is told before that there is nothing to do.
    test.by_staff("ReactivateUser", ADA, &[("if-match", "\"2\"")], &body()).await.expect(412);
    assert_eq!(test.store.envelopes().len(), 3);
}

#[tokio::test]
async fn a_list_shows_what_is_suspended_and_goes_on_changing() {
    let (test, ada) = with_ada().await;
    let store = test.store.as_ref();
    let locks = ["front", "garage", "over"].map(|id| a_lock().id(lock_id(id)).org("acme"));
    for lock in &locks {
        lock.clone().put(store).await;
    }
    let now = test.clock.now();
    granted(ada, &lock_id("front")).until(now.plus(Duration::from_mins(1))).put(store).await;
    granted(ada, &lock_id("garage")).from(now.plus(Duration::from_secs(1))).put(store).await;
    granted(ada, &lock_id("over")).until(now.plus(Duration::from_millis(1))).put(store).await;
    test.clock.advance(Duration::from_millis(1));
    let key = test.key("acme", false).await;
    let headers = [("x-api-key", key.as_str())];
    let path = format!("/users/{ADA}/accessible-locks");
    let before = test.get(&path, &headers).await.expect(200);
    test.by_staff("SuspendUser", ADA, &[], &body()).await.expect(200);
    assert_json_snapshot!("list-while-suspended", test.get(&path, &headers).await.told());
    let removal = json!({"lockId": "front", "removedBy": "desk", "reason": "moved out"});
    test.post(&format!("/users/{ADA}/RemoveAccessibleLock"), &headers, &removal).await.expect(200);
    let addition = json!({"lockId": "front", "lockName": "Front door", "accessLevel": "USER", "grantedBy": "the test",
        "validUntil": now.plus(Duration::from_mins(1)).to_string()});
    test.post(&format!("/users/{ADA}/AddAccessibleLock"), &headers, &addition).await.expect(200);
    test.by_staff("ReactivateUser", ADA, &[], &body()).await.expect(200);
    let after = test.get(&path, &headers).await.expect(200);
    let sorted = |answer: &Answer| {
        let mut locks = answer.body["locks"].as_array().unwrap().clone();
        locks.sort_by_key(|lock| lock["lockId"].to_string());
        locks
    };
    assert_eq!(sorted(&before), sorted(&after), "nothing was lost");
}

#[tokio::test]
async fn a_suspended_person_is_not_let_in() {
    let (test, ada) = with_ada().await;
    let token = test.bearer(ada);
    let profile = async || {
        let answer = test.get(&format!("/users/{ADA}/profile"), &[("authorization", &token)]).await;
        answer.status.as_u16()
    };
    assert_eq!(profile().await, 200);
    test.by_staff("SuspendUser", ADA, &[], &body()).await.expect(200);
    assert_eq!(profile().await, 401);
    // A good key beside the token does not help it.
    let key = test.key("acme", false).await;
    let both = [("authorization", token.as_str()), ("x-api-key", key.as_str())];
    test.get(&format!("/users/{ADA}/profile"), &both).await.expect(401);
    test.by_staff("ReactivateUser", ADA, &[], &body()).await.expect(200);
    assert_eq!(profile().await, 200);
}

#[tokio::test]
async fn sessions_end_and_do_not_come_alive_again() {
    let test = TestApp::new();
    let bob = test.account("bob", &[Role::User]).await;
    let eve = test.account("eve", &[Role::User]).await;
    test.by_staff("SuspendUser", &bob.id, &[], &body()).await.expect(200);
    assert!(!test.knows(&bob).await);
    assert!(test.knows(&eve).await);
    let sign_in = json!({"user": "bob", "password": "bob"});
    let refused = test.rc("login", &[], &sign_in).await;
    assert!(!refused.status.is_success(), "{:#}", refused.body);
    test.by_staff("ReactivateUser", &bob.id, &[], &body()).await.expect(200);
    assert!(!test.knows(&bob).await, "an old session is gone for good");
    let again = test.signs_in("bob").await;
    assert!(test.knows(&again).await);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let test = TestApp::new();
    let root = test.has_account("root", &[Role::Admin]).await.to_string();
    test.has_account("bob", &[Role::User]).await;
    assert_json_snapshot!("last-administrator", test.by_staff("SuspendUser", &root, &[], &body()).await.told());
    let second = test.has_account("second", &[Role::Admin]).await.to_string();
    test.by_staff("SuspendUser", &root, &[], &body()).await.expect(200);
    test.by_staff("SuspendUser", &second, &[], &body()).await.expect(400);
    // Whoever is suspended already does not count, and is no cause for refusal.
    test.by_staff("SuspendUser", &root, &[], &body()).await.expect(200);
    test.by_staff("ReactivateUser", &root, &[], &body()).await.expect(200);
    test.by_staff("SuspendUser", &second, &[], &body()).await.expect(200);
}
