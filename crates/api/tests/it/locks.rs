//! Locks: whose they are, what is known of them, who can open them, what happened to them.

use std::time::Duration;

use insta::assert_json_snapshot;
use portcullis_domain::ids::UserId;
use portcullis_testkit::build::{a_lock, a_person, a_user_id, granted, lock_id, take_away};
use portcullis_testkit::fake::TestClock;
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, TestApp};

const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";
const BOB: &str = "0190163d-8694-739b-aea5-5966c26f8ad3";
const READS: [&str; 3] = ["details", "access", "events"];

fn id(text: &str) -> UserId {
    UserId::parse(text).unwrap()
}

/// The lock 4711 of acme, owned by Ada; Bob is somebody.
async fn with_lock() -> TestApp {
    let test = TestApp::new();
    let store = test.store.as_ref();
    a_person().id(id(ADA)).put(store).await;
    a_person().id(id(BOB)).put(store).await;
    a_lock().id(lock_id("4711")).org("acme").owner(id(ADA)).put(store).await;
    test
}

async fn staff_post(test: &TestApp, path: &str, more: &[(&str, &str)], body: &Value) -> Answer {
    let staff = test.staff();
    let headers = [&[("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str())], more].concat();
    test.post(path, &headers, body).await
}

async fn staff_get(test: &TestApp, path: &str) -> Answer {
    let staff = test.staff();
    test.get(path, &[("x-admin-api-key", ADMIN_KEY), ("authorization", &staff)]).await
}

fn key(key: &str) -> (&str, &str) {
    ("x-api-key", key)
}

/// The answer with the ids of requests blanked.
fn blanked(answer: &Answer) -> Value {
    let mut told = answer.told();
    for event in told["body"]["events"].as_array_mut().unwrap() {
        assert!(event["requestId"].as_str().unwrap().starts_with("req_"));
        event["requestId"] = json!("req_…");
    }
    told
}

#[tokio::test]
async fn a_lock_goes_to_another_organisation() {
    let test = with_lock().await;
    let path = "/locks/4711/SetOrganization";
    let body = json!({"orgId": "bolt", "unknown": 1});
    let acme = test.key("acme", false).await;
    assert_json_snapshot!("org-denied", test.post(path, &[("x-api-key", &acme)], &body).await.told());
    let owner = test.bearer(id(ADA));
    test.post(path, &[("authorization", &owner)], &body).await.expect(403);
    test.post("/locks/4712/SetOrganization", &[("x-api-key", &acme)], &body).await.expect(403);
    test.post(path, &[], &body).await.expect(401);

    let head = test.key("head", true).await;
    let set = test.post(path, &[("x-api-key", &head)], &body).await;
    assert_eq!(set.header("etag"), Some("\"2\""));
    assert_json_snapshot!("org-set", set.told());
    let again = staff_post(&test, path, &[], &body).await;
    assert_eq!(again.header("etag"), Some("\"2\""));
    assert_json_snapshot!("org-set-already", again.told());
    let unknown = staff_post(&test, "/locks/4712/SetOrganization", &[], &body).await;
    assert_json_snapshot!("org-of-no-lock", unknown.told());
    for wrong in [json!({}), json!({"orgId": null}), json!({"orgId": ""}), json!({"orgId": 7}), json!([])] {
        staff_post(&test, path, &[], &wrong).await.expect(400);
    }
    let event = test.store.envelopes().pop().unwrap();
    assert_eq!((event.name.as_str(), event.org_id.as_str()), ("LockOrganizationSet", "bolt"));
}

#[tokio::test]
async fn an_owner_comes_and_goes() {
    let test = with_lock().await;
    let path = "/locks/4711/SetOwner";
    let bolt = test.key("bolt", false).await;
    let owner = test.bearer(id(ADA));
    for headers in [[("x-api-key", bolt.as_str())], [("authorization", owner.as_str())]] {
        test.post(path, &headers, &json!({"userId": BOB})).await.expect(403);
        test.post("/locks/4712/SetOwner", &headers, &json!({"userId": BOB})).await.expect(403);
    }
    test.post(path, &[], &json!({"userId": BOB})).await.expect(401);

    let acme = test.key("acme", false).await;
    let headers = [("x-api-key", acme.as_str())];
    let set = test.post(path, &headers, &json!({"userId": BOB})).await;
    assert_eq!(set.header("etag"), Some("\"2\""));
    assert_json_snapshot!("owner-set", set.told());
    assert_json_snapshot!("owner-set-already", test.post(path, &headers, &json!({"userId": BOB})).await.told());
    let taken = test.post(path, &headers, &json!({"userId": null})).await;
    assert_eq!(taken.header("etag"), Some("\"3\""));
    assert_json_snapshot!("owner-taken", taken.told());
    let nobody = test.post(path, &headers, &json!({"userId": a_user_id().to_string()})).await;
    assert_json_snapshot!("owner-nobody", nobody.told());
    assert_json_snapshot!("owner-missing", test.post(path, &headers, &json!({})).await.told());
    for wrong in [json!({"userId": "bob"}), json!({"userId": 7}), json!({"userId": ""})] {
        test.post(path, &headers, &wrong).await.expect(400);
    }
    staff_post(&test, "/locks/4712/SetOwner", &[], &json!({"userId": BOB})).await.expect(404);
}

#[tokio::test]
async fn changes_of_hands_know_repeats_and_conditions() {
    for (command, first, other) in [
        ("SetOrganization", json!({"orgId": "bolt"}), json!({"orgId": "core"})),
        ("SetOwner", json!({"userId": BOB}), json!({"userId": null})),
    ] {
        let test = with_lock().await;
        let path = format!("/locks/4711/{command}");
        let key = [("idempotency-key", "k-1")];
        let done = staff_post(&test, &path, &key, &first).await.expect(200);
        staff_post(&test, &path, &[], &other).await.expect(200);
        let events = test.store.envelopes().len();
        let again = staff_post(&test, &path, &key, &first).await.expect(200);
        assert_eq!((done.body, again.header("idempotent-replayed")), (again.body.clone(), Some("true")));
        staff_post(&test, &path, &key, &other).await.expect(422);
        assert_eq!(test.store.envelopes().len(), events);
        staff_post(&test, &path, &[("if-match", "\"2\"")], &first).await.expect(412);
        let held = staff_post(&test, &path, &[("if-match", "\"3\"")], &first).await.expect(200);
        assert_eq!(held.header("etag"), Some("\"4\""));
        // A refusal is remembered, too.
        let unknown = format!("/locks/4712/{command}");
        let missing = staff_post(&test, &unknown, &key, &first).await.expect(404);
        let again = staff_post(&test, &unknown, &key, &first).await.expect(404);
        assert_eq!((missing.body, again.header("idempotent-replayed")), (again.body.clone(), Some("true")));
    }
}

#[tokio::test]
async fn what_is_known_of_a_lock() {
    let test = with_lock().await;
    let acme = test.key("acme", false).await;
    let headers = [("x-api-key", acme.as_str())];
    let body = json!({
        "name": "Garage",
        "ownerId": ADA,
        "index": 7,
        "uuid": "a81bc81b-dead-4e5d-abff-90865d1e13b1",
        "serialNumber": "SN-000042",
        "vendorName": "Lockmaker",
    });
    test.post("/locks/garage/CreateLock", &headers, &body).await.expect(201);
    let garage = test.get("/locks/garage/details", &headers).await;
    assert_eq!(garage.header("etag"), Some("\"1\""));
    assert_json_snapshot!("details", garage.told());
    test.post("/locks/cellar/CreateLock", &headers, &json!({})).await.expect(201);
    assert_json_snapshot!("details-bare", test.get("/locks/cellar/details", &headers).await.told());
    // It follows what happens.
    test.post("/locks/garage/SetOwner", &headers, &json!({"userId": null})).await.expect(200);
    let after = test.get("/locks/garage/details", &headers).await.expect(200);
    assert_eq!((after.body.get("ownerId"), after.body["version"].as_u64()), (None, Some(2)));
    assert_eq!(after.header("etag"), Some("\"2\""));
}

#[tokio::test]
async fn a_lock_is_hidden_from_those_who_have_nothing_to_do_with_it() {
    let test = with_lock().await;
    let store = test.store.as_ref();
    let (acme, bolt) = (test.key("acme", false).await, test.key("bolt", false).await);
    let head = test.key("head", true).await;
    let (ada, bob) = (test.bearer(id(ADA)), test.bearer(id(BOB)));
    let statuses = async |header: &str, value: &str, lock: &str| {
        let mut statuses = Vec::new();
        for read in READS {
            statuses.push(test.get(&format!("/locks/{lock}/{read}"), &[(header, value)]).await.status.as_u16());
        }
        statuses
    };
    for (header, value) in [("x-api-key", &acme), ("x-api-key", &head), ("authorization", &ada)] {
        assert_eq!(statuses(header, value, "4711").await, [200; 3]);
        assert_eq!(statuses(header, value, "4712").await, [404; 3]);
    }
    for (header, value) in [("x-api-key", &bolt), ("authorization", &bob)] {
        assert_eq!(statuses(header, value, "4711").await, [404; 3]);
    }
    for read in READS {
        test.get(&format!("/locks/4711/{read}"), &[]).await.expect(401);
        staff_get(&test, &format!("/locks/4711/{read}")).await.expect(200);
        staff_get(&test, &format!("/locks/{}/{read}", "x".repeat(129))).await.expect(404);
        // What is there and what is not are told alike.
        let path = |lock| format!("/locks/{lock}/{read}");
        let hidden = test.get(&path("4711"), &[("x-api-key", &bolt)]).await.told().to_string();
        let absent = test.get(&path("4712"), &[("x-api-key", &bolt)]).await.told().to_string();
        assert_eq!(hidden.replace("4711", "4712"), absent);
    }
    assert_json_snapshot!("hidden", test.get("/locks/4711/details", &[("authorization", &bob)]).await.told());

    granted(id(BOB), &lock_id("4711")).put(store).await;
    assert_eq!(statuses("authorization", &bob, "4711").await, [200, 404, 404]);
    take_away(store, id(BOB), &lock_id("4711"), TestClock::START).await;
    assert_eq!(statuses("authorization", &bob, "4711").await, [404; 3]);
    // Both credentials: either is enough.
    let both = [("x-api-key", bolt.as_str()), ("authorization", ada.as_str())];
    test.get("/locks/4711/access", &both).await.expect(200);
}

#[tokio::test]
async fn who_can_open_a_lock_now_and_could() {
    let test = with_lock().await;
    let store = test.store.as_ref();
    let door = lock_id("4711");
    let minute = |number| TestClock::START.plus(Duration::from_mins(number));
    granted(id(BOB), &door).from(minute(5)).until(minute(60)).by("the owner").put(store).await;
    granted(id(ADA), &door).level(portcullis_domain::access::AccessLevel::Owner).at(minute(10)).put(store).await;
    take_away(store, id(BOB), &door, minute(20)).await;
    test.clock.set(minute(30));
    let owner = test.bearer(id(ADA));
    let headers = [("authorization", owner.as_str())];
    assert_json_snapshot!("access-now", test.get("/locks/4711/access", &headers).await.told());
    let at = |number| format!("/locks/4711/access?at={}", minute(number));
    assert_json_snapshot!("access-then", test.get(&format!("{}&limit=1", at(15)), &headers).await.told());
    let rest = test.get(&format!("{}&limit=1&cursor={ADA}", at(15)), &headers).await;
    assert_json_snapshot!("access-then-rest", rest.told());
    let before = test.get(&at(0), &headers).await.expect(200);
    assert_eq!((before.body["access"].clone(), before.body["nextCursor"].clone()), (json!([]), Value::Null));
    let ahead = test.get(&at(50_000), &headers).await.expect(200);
    assert_eq!(ahead.body["access"].as_array().unwrap().len(), 1);

    let wrong = test.get("/locks/4711/access?at=yesterday&limit=201&cursor=x", &headers).await;
    assert_json_snapshot!("access-wrong", wrong.told());
    for wrong in ["limit=0", "limit=x", "limit=-1", "cursor=", "at=", "at=2026-11-21"] {
        test.get(&format!("/locks/4711/access?{wrong}"), &headers).await.expect(400);
    }
    test.get("/locks/4711/access?limit=200", &headers).await.expect(200);
}

#[tokio::test]
async fn what_happened_to_a_lock() {
    let test = with_lock().await;
    let acme = test.key("acme", false).await;
    let headers = [("x-api-key", acme.as_str()), ("user-agent", "secret-agent"), ("x-forwarded-for", "192.0.2.99")];
    for number in 0..10 {
        let owner = if number % 2 == 0 { json!(BOB) } else { Value::Null };
        test.post("/locks/4711/SetOwner", &headers, &json!({"userId": owner})).await.expect(200);
    }
    let last = test.get("/locks/4711/events", &headers).await.expect(200);
    assert_eq!(last.header("etag"), Some("\"11\""));
    let shown = last.body.to_string();
    assert!(!shown.contains("secret-agent") && !shown.contains("192.0.2.99"), "{shown}");
    let mut told = blanked(&last);
    let actor = &mut told["body"]["events"][0]["actor"]["id"];
    assert!(acme.starts_with(actor.as_str().unwrap()));
    *actor = json!("Key…");
    assert_json_snapshot!("events-last", told);
    let first = test.get("/locks/4711/events?page=1", &headers).await.expect(200);
    let versions: Vec<_> = first.body["events"].as_array().unwrap().iter().map(|event| &event["version"]).collect();
    assert_eq!(versions, (1..=10).map(Value::from).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    assert_json_snapshot!("events-beyond", test.get("/locks/4711/events?page=3", &headers).await.told());
    assert_json_snapshot!("events-wrong", test.get("/locks/4711/events?page=0", &headers).await.told());
    for wrong in ["", "x", "-1", "1.5", "2147483648", "99999999999999999999"] {
        test.get(&format!("/locks/4711/events?page={wrong}"), &headers).await.expect(400);
    }
    test.get("/locks/4711/events?page=2147483647", &headers).await.expect(200);
}

#[tokio::test]
async fn a_lock_is_registered_by_whom_it_is_for() {
    let test = with_lock().await;
    let (acme, bolt) = (test.key("acme", false).await, test.key("bolt", false).await);
    let head = test.key("head", true).await;
    let make = async |header: (&str, &str), lock: &str, body: Value| {
        test.post(&format!("/locks/{lock}/CreateLock"), &[header], &body).await
    };
    make(key(&acme), "a", json!({"orgId": "acme"})).await.expect(201);
    make(key(&acme), "a", json!({"orgId": "acme"})).await.expect(200);
    // Also where there is nothing left to do, a key does not speak for others.
    make(key(&acme), "a", json!({"orgId": "bolt"})).await.expect(403);
    make(key(&acme), "b", json!({"orgId": "bolt"})).await.expect(403);
    make(key(&bolt), "a", json!({})).await.expect(403);
    make(key(&head), "b", json!({"orgId": "bolt"})).await.expect(201);
    let staff = staff_post(&test, "/locks/c/CreateLock", &[], &json!({})).await.expect(201);
    assert_eq!(staff.body["event"]["data"]["orgId"], json!("default"));
    let again = staff_post(&test, "/locks/c/CreateLock", &[], &json!({"orgId": "acme"})).await.expect(200);
    assert_eq!((&again.body["event"], &again.body["version"]), (&Value::Null, &json!(1)));
    let ada = test.bearer(id(ADA));
    make(("authorization", &ada), "d", json!({})).await.expect(403);
}
