//! People, locks and their lists.

use insta::assert_json_snapshot;
use portcullis_domain::ids::UserId;
use portcullis_testkit::build::{a_lock, a_person, email, granted, lock_id, millis};
use portcullis_testkit::fake::TestClock;
use serde_json::json;

use crate::support::TestApp;

const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";

#[tokio::test]
async fn a_person_is_made_once() {
    let test = TestApp::new();
    let key = test.key("acme", false).await;
    let headers = [("x-api-key", key.as_str())];
    let path = format!("/users/{ADA}/CreateUser");
    let body =
        json!({"userId": ADA, "email": " Ada@Example.com ", "firstName": "Ada", "phoneNumber": "+48 600 100 200"});
    let made = test.post(&path, &headers, &body).await;
    assert_eq!(made.header("etag"), Some("\"1\""));
    assert_json_snapshot!("made", made.told());
    assert_json_snapshot!("exists", test.post(&path, &headers, &body).await.told());
    let profile = test.get(&format!("/users/{ADA}/profile"), &headers).await;
    assert_eq!(profile.header("etag"), Some("\"1\""));
    assert_json_snapshot!("profile", profile.told());
    let other = "0190163d-8694-739b-aea5-5966c26f8ad3";
    let body = json!({"userId": other, "email": "ada@example.com"});
    let taken = test.post(&format!("/users/{other}/CreateUser"), &headers, &body).await;
    assert_json_snapshot!("taken", taken.told());
    let person = test.app.ports.users.find_by_address(&email("ada@example.com")).await.unwrap().unwrap();
    assert_eq!((person.org.as_str(), person.profile.email_verified), ("acme", false));
}

#[tokio::test]
async fn wrong_fields_are_told_together() {
    let test = TestApp::new();
    let key = test.key("acme", false).await;
    let headers = [("x-api-key", key.as_str())];
    let body = json!({"userId": ADA, "email": "nobody", "phoneNumber": "600100200", "lastName": " "});
    assert_json_snapshot!(test.post("/users/42/CreateUser", &headers, &body).await.told());
}

#[tokio::test]
async fn a_lock_is_registered_once() {
    let test = TestApp::new();
    let key = test.key("acme", false).await;
    let headers = [("x-api-key", key.as_str())];
    let body = json!({"name": "Front door", "index": 7, "vendorName": "Lockmaker"});
    assert_json_snapshot!("lock-made", test.post("/locks/4711/CreateLock", &headers, &body).await.told());
    assert_json_snapshot!("lock-exists", test.post("/locks/4711/CreateLock", &headers, &body).await.told());
    let body = json!({"ownerId": ADA});
    assert_json_snapshot!("lock-owner", test.post("/locks/4712/CreateLock", &headers, &body).await.told());
    let body = json!({"orgId": "other"});
    test.post("/locks/4713/CreateLock", &headers, &body).await.expect(403);
}

#[tokio::test]
async fn a_list_shows_windows_and_only_what_a_key_may_see() {
    let test = TestApp::new();
    let store = test.store.as_ref();
    let ada = a_person().id(UserId::parse(ADA).unwrap()).org("acme").put(store).await;
    let now = TestClock::START.unix_millis();
    let front = a_lock().id(lock_id("front")).org("acme").put(store).await;
    let garage = a_lock().id(lock_id("garage")).org("other").put(store).await;
    let cellar = a_lock().id(lock_id("cellar")).org("acme").put(store).await;
    granted(ada, &front).until(millis(now + 60_000)).put(store).await;
    granted(ada, &garage).from(millis(now + 1_000)).put(store).await;
    granted(ada, &cellar).until(millis(now)).put(store).await;
    let path = format!("/users/{ADA}/accessible-locks");
    let token = test.bearer(ada);
    assert_json_snapshot!("list", test.get(&path, &[("authorization", &token)]).await.told());
    let other = test.key("other", false).await;
    assert_json_snapshot!("list-of-other", test.get(&path, &[("x-api-key", &other)]).await.told());
    let staff = test.staff();
    let headers = [("x-admin-api-key", crate::support::ADMIN_KEY), ("authorization", staff.as_str())];
    assert_json_snapshot!("list-of-nobody", test.get("/users/42/accessible-locks", &headers).await.told());
}
