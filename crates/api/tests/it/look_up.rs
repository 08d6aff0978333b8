//! Finding people by address and phone number, and the locks they own.

use std::fmt::Write;

use axum::body::Body;
use axum::http::Request;
use insta::{assert_json_snapshot, assert_snapshot};
use portcullis_domain::ids::UserId;
use portcullis_domain::user::Voucher;
use portcullis_testkit::build::{a_lock, a_person, email, granted, lock_id, phone_number};
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, TestApp};

const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";
const BOB: &str = "0190163d-8694-739b-aea5-5966c26f8ad3";

async fn look(test: &TestApp, key: &str, query: &str) -> Answer {
    test.get(&format!("/users/{query}"), &[("x-api-key", key)]).await
}

#[tokio::test]
async fn somebody_is_made_and_found_by_address() {
    let test = TestApp::new();
    let key = test.key("acme", false).await;
    let nobody = look(&test, &key, "by-email?email=ada@example.com&searchOnly=true").await;
    assert_json_snapshot!("nobody-found", nobody.told());
    let made = look(&test, &key, &format!("by-email?email=%20Ada@Example.com&uuid={ADA}")).await;
    assert_json_snapshot!("found-by-email", made.told());
    let events = test.store.envelopes().len();
    for again in ["", "&searchOnly=true", "&searchOnly=false", &format!("&uuid={BOB}")] {
        let found = look(&test, &key, &format!("by-email?email=ada@example.com{again}")).await.expect(200);
        assert_eq!(found.body, made.body, "{again}");
    }
    assert_eq!(test.store.envelopes().len(), events);
    let person = test.app.ports.users.find(UserId::parse(ADA).unwrap()).await.unwrap().unwrap();
    assert_eq!((person.org.as_str(), person.profile.email_voucher), ("acme", Voucher::Nobody));
    let envelope = test.store.envelopes().pop().unwrap();
    assert_eq!((envelope.name.as_str(), envelope.actor.id.as_str()), ("UserCreated", &key[..8]));
}

#[tokio::test]
async fn somebody_is_made_and_found_by_number() {
    let test = TestApp::new();
    let key = test.key("boss", true).await;
    let made = look(&test, &key, &format!("by-phone?phoneNumber=%2B48%20600+100200&uuid={ADA}")).await;
    assert_json_snapshot!("found-by-phone", made.told());
    let found = look(&test, &key, "by-phone?phoneNumber=0048600100200&email=x@example.com&searchOnly=true").await;
    assert_eq!(found.expect(200).body, made.body);
    let made = look(&test, &key, "by-phone?phoneNumber=0048600100201&email=bob@example.com").await.expect(200);
    assert_eq!(made.body["email"], "bob@example.com");
    let bob = test.app.ports.users.find_by_address(&email("bob@example.com")).await.unwrap().unwrap();
    assert_eq!(bob.id.to_string(), made.body["uuid"].as_str().unwrap());
    assert_eq!(bob.id.as_uuid().get_version_num(), 7);
    assert_eq!(bob.profile.phone_number, Some(phone_number("+48600100201")));
    assert!(matches!(bob.profile.email_voucher, Voucher::Authority { .. }));
    look(&test, &key, "by-phone?phoneNumber=0048600100209&searchOnly=true").await.expect(404);
}

#[tokio::test]
async fn asking_for_the_head_makes_nobody() {
    let test = TestApp::new();
    let key = test.key("acme", false).await;
    let events = test.store.envelopes().len();
    for query in ["by-email?email=ada@example.com", "by-phone?phoneNumber=0048600100200&searchOnly=false"] {
        let head = async || {
            let request = Request::head(format!("/users/{query}")).header("x-api-key", &key);
            test.send(request.body(Body::empty()).unwrap()).await.status.as_u16()
        };
        assert_eq!(head().await, 404, "{query}");
        assert_eq!(test.store.envelopes().len(), events, "{query}");
    }
    look(&test, &key, "by-email?email=ada@example.com").await.expect(200);
    let request = Request::head("/users/by-email?email=ada@example.com").header("x-api-key", &key);
    assert_eq!(test.send(request.body(Body::empty()).unwrap()).await.expect(200).body, Value::Null);
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_given_again() {
    let test = TestApp::new();
    let key = test.key("acme", false).await;
    let store = test.store.as_ref();
    a_person().id(UserId::parse(BOB).unwrap()).org("acme").email("bob@example.com").put(store).await;
    let taken = look(&test, &key, &format!("by-email?email=ada@example.com&uuid={BOB}")).await;
    assert_json_snapshot!("uuid-taken", taken.told());
    look(&test, &key, &format!("by-phone?phoneNumber=0048600100200&uuid={BOB}")).await.expect(409);
    let taken = look(&test, &key, "by-phone?phoneNumber=0048600100200&email=Bob@example.com").await;
    assert_json_snapshot!("address-of-another", taken.told());
    assert!(test.app.ports.users.find_by_phone_number(&phone_number("+48600100200")).await.unwrap().is_none());
}

#[tokio::test]
async fn wrong_queries_name_their_fields() {
    let test = TestApp::new();
    let key = test.key("acme", false).await;
    assert_json_snapshot!("no-address", look(&test, &key, "by-email").await.told());
    // A bare plus is a space, and so the number has no prefix.
    assert_json_snapshot!("bare-plus", look(&test, &key, "by-phone?phoneNumber=+48600100200").await.told());
    let wrong = [
        ("by-email?email=", "email"),
        ("by-email?email=nobody", "email"),
        ("by-email?email=ada@example.com&uuid=42", "uuid"),
        ("by-email?email=ada@example.com&searchOnly=yes", "searchOnly"),
        ("by-phone", "phoneNumber"),
        ("by-phone?phoneNumber=600100200", "phoneNumber"),
        ("by-phone?phoneNumber=0048600100200&email=nobody", "email"),
        ("by-phone?phoneNumber=0048600100200&searchOnly=", "searchOnly"),
    ];
    for (query, field) in wrong {
        let told = look(&test, &key, query).await.expect(400);
        assert_eq!(told.body["details"][0]["field"], field, "{query}");
        assert_eq!(told.body["details"].as_array().unwrap().len(), 1, "{query}");
    }
    look(&test, &key, "by-email?email=a@example.com&email=b@example.com").await.expect(400);
    let all = look(&test, &key, "by-phone?email=x&uuid=y&searchOnly=z").await.expect(400);
    assert_eq!(all.body["details"].as_array().unwrap().len(), 4);
    let post = test.post("/users/by-email", &[("x-api-key", &key)], &json!({})).await;
    post.expect(405);
    assert_eq!(test.store.envelopes().iter().filter(|envelope| envelope.name == "UserCreated").count(), 0);
}

/// The person found, nobody found and nobody to be made, nobody found.
#[tokio::test]
async fn who_may_look_whom_up() {
    let mut table = String::new();
    for caller in ["nobody", "the person", "another person", "key of another", "own key", "super key", "staff"] {
        write!(table, "{caller:<15}").unwrap();
        for query in ["by-email?email=ada@example.com", "by-phone?phoneNumber=0048600100200"] {
            for (change, more) in [("", ""), ("0", "&searchOnly=true"), ("0", "")] {
                let test = TestApp::new();
                let ada = a_person().id(UserId::parse(ADA).unwrap()).org("acme").email("ada@example.com");
                let ada = ada.phone_number("+48600100200").put(test.store.as_ref()).await;
                let headers: Vec<(&str, String)> = match caller {
                    "the person" => vec![("authorization", test.bearer(ada))],
                    "another person" => vec![("authorization", test.bearer(UserId::parse(BOB).unwrap()))],
                    "key of another" => vec![("x-api-key", test.key("other", false).await)],
                    "own key" => vec![("x-api-key", test.key("acme", false).await)],
                    "super key" => vec![("x-api-key", test.key("boss", true).await)],
                    "staff" => vec![("x-admin-api-key", ADMIN_KEY.to_owned()), ("authorization", test.staff())],
                    _ => Vec::new(),
                };
                let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let (path, key) = query.split_once('=').unwrap();
                // Somebody else's address or number: nobody's.
                let key =
                    if change.is_empty() { key.to_owned() } else { key.replace("ada", "eve").replace("200", "209") };
                let answer = test.get(&format!("/users/{path}={key}{more}"), &headers).await;
                write!(table, " {}", answer.status.as_u16()).unwrap();
            }
        }
        table.push('\n');
    }
    assert_snapshot!(table, @r"
    nobody          401 401 401 401 401 401
    the person      200 403 403 200 403 403
    another person  403 403 403 403 403 403
    key of another  403 404 200 403 404 200
    own key         200 404 200 200 404 200
    super key       200 404 200 200 404 200
    staff           200 404 200 200 404 200
    ");
}

#[tokio::test]
async fn an_own_token_makes_the_caller_and_learns_of_nobody_else() {
    let test = TestApp::new();
    let ada = UserId::parse(ADA).unwrap();
    a_person().email("bob@example.com").phone_number("+48600100200").put(test.store.as_ref()).await;
    let token = test.bearer(ada);
    let look = async |query: &str| test.get(&format!("/users/{query}"), &[("authorization", &token)]).await;
    let told = async |query: &str| {
        let mut body = look(query).await.expect(403).body;
        body["requestId"] = Value::Null;
        body
    };
    // Whether somebody exists or not.
    let somebody = told(&format!("by-email?email=bob@example.com&uuid={ADA}")).await;
    assert_eq!(told("by-email?email=nobody@example.com").await, somebody);
    assert_eq!(told(&format!("by-email?email=nobody@example.com&uuid={ADA}&searchOnly=true")).await, somebody);
    assert_eq!(told(&format!("by-email?email=nobody@example.com&uuid={BOB}")).await, somebody);
    assert_eq!(told("by-phone?phoneNumber=0048600100200").await, somebody);
    assert_eq!(told("by-phone?phoneNumber=0048600100209").await, somebody);
    let made = look(&format!("by-email?email=ada@example.com&uuid={ADA}")).await.expect(200);
    assert_eq!(made.body["uuid"], ADA);
    let profile = test.app.ports.users.find(ada).await.unwrap().unwrap().profile;
    assert_eq!((profile.email_voucher, profile.email_verified), (Voucher::Token, true));
    assert_eq!(look("by-email?email=ada@example.com&searchOnly=true").await.expect(200).body, made.body);
    // Nor once the caller exists, under whose id nobody can be made then.
    for (key, others, nobodys) in [
        ("by-email?email", "bob@example.com", "nobody@example.com"),
        ("by-phone?phoneNumber", "0048600100200", "0048600100209"),
        ("by-phone?email=bob@example.com&phoneNumber", "0048600100200", "0048600100209"),
    ] {
        for id in [ADA, BOB] {
            let (others, nobodys) = (format!("{key}={others}&uuid={id}"), format!("{key}={nobodys}&uuid={id}"));
            assert_eq!((told(&others).await, told(&nobodys).await), (somebody.clone(), somebody.clone()), "{key} {id}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_race_make_one_person() {
    let test = std::sync::Arc::new(TestApp::new());
    let key = test.key("acme", false).await;
    for query in ["by-email?email=ada@example.com", "by-phone?phoneNumber=0048600100200&email=eve@example.com"] {
        let before = test.store.envelopes().len();
        let calls = (0..16).map(|_| {
            let (test, key) = (test.clone(), key.clone());
            tokio::spawn(async move { look(&test, &key, query).await.expect(200).body })
        });
        let mut answers = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            answers.push(call.await.unwrap());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(test.store.envelopes().len(), before + 1);
    }
}

#[tokio::test]
async fn the_locks_somebody_owns() {
    let test = TestApp::new();
    let store = test.store.as_ref();
    let ada = a_person().id(UserId::parse(ADA).unwrap()).org("acme").put(store).await;
    let bob = a_person().org("acme").put(store).await;
    a_lock().id(lock_id("garage")).name(None).org("other").owner(ada).put(store).await;
    a_lock().id(lock_id("front")).name(Some("Front door")).org("acme").owner(ada).put(store).await;
    let cellar = a_lock().id(lock_id("cellar")).owner(bob).put(store).await;
    granted(ada, &cellar).put(store).await;
    let path = format!("/users/{ADA}/owned-locks");
    let token = test.bearer(ada);
    let read = test.get(&path, &[("authorization", &token)]).await;
    assert_eq!(read.header("etag"), None);
    assert_json_snapshot!("owned-locks", read.told());
    let (own, other) = (test.key("acme", false).await, test.key("other", false).await);
    let boss = test.key("boss", true).await;
    for (key, status) in [(&own, 200), (&boss, 200), (&other, 403)] {
        test.get(&path, &[("x-api-key", key)]).await.expect(status);
    }
    let (token, staff) = (test.bearer(bob), test.staff());
    test.get(&path, &[("authorization", &token)]).await.expect(403);
    let headers = [("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str())];
    test.get(&path, &headers).await.expect(200);
    assert_json_snapshot!("owned-by-nobody", test.get("/users/42/owned-locks", &headers).await.told());
    let none = test.get(&format!("/users/{bob}/owned-locks"), &headers).await.expect(200);
    assert_eq!(none.body["totalCount"], 1);
    test.get(&path, &[]).await.expect(401);
}
