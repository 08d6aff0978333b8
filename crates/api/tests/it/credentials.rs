//! Who is let in, and how everybody else is told.

use std::time::Duration;

use insta::assert_json_snapshot;
use jsonwebtoken::Algorithm;
use portcullis_domain::ids::ApiKeyPrefix;
use portcullis_domain::secret::Secret;
use portcullis_domain::user::UserStatus;
use portcullis_testkit::build::{a_lock, a_person, a_user_id, granted, lock_id};
use portcullis_testkit::fake::TestClock;
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, JWT_SECRET, TestApp, claims, post_json, signed};

fn bearer(claims: &Value) -> String {
    format!("Bearer {}", signed(claims, Algorithm::HS256, JWT_SECRET))
}

/// Some issuers call people by their addresses. What a person of staff did is kept for good, an address must not be.
#[tokio::test]
async fn a_subject_that_is_an_address_reaches_no_event() {
    let made_by = async |test: &TestApp, subject: &str, lock: &str| {
        let token = bearer(&claims(subject, "grace@staff.example"));
        let headers = [("authorization", token.as_str()), ("x-admin-api-key", ADMIN_KEY)];
        let path = format!("/locks/{lock}/CreateLock");
        test.post(&path, &headers, &json!({"orgId": "acme"})).await.expect(201);
        let written = test.store.envelopes();
        written.iter().find(|event| event.aggregate_id == lock).unwrap().actor.id.clone()
    };
    let test = TestApp::new();
    let grace = made_by(&test, "grace@staff.example", "1").await;
    let hash = grace.strip_prefix("sub:").unwrap();
    assert!(hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{grace}");
    assert_eq!(made_by(&test, "grace@staff.example", "2").await, grace);
    assert_ne!(made_by(&test, "google|grace@staff.example", "3").await, grace);
    assert_eq!(made_by(&test, "staff|grace", "4").await, "staff|grace");
    let token = bearer(&claims("grace@staff.example", "grace@staff.example"));
    let headers = [("authorization", token.as_str()), ("x-admin-api-key", ADMIN_KEY)];
    test.post("/tenants/acme/register", &headers, &json!({"orgName": "Acme", "ownerEmail": "o@acme.example"})).await;
    let key = json!({"orgId": "acme", "orgName": "Acme"});
    assert_eq!(test.post("/api-keys", &headers, &key).await.expect(201).body["createdBy"], grace);
    let written = format!("{:?}", test.store.envelopes());
    assert!(!written.contains("staff.example"), "{written}");
    let other = TestApp::with(|settings| settings.repeat_key = Secret::new([8; 32]));
    assert_ne!(made_by(&other, "grace@staff.example", "1").await, grace);
}

/// Every kind of credentials on somebody's profile; the person is of `acme`.
#[tokio::test]
async fn the_table_of_credentials() {
    let test = TestApp::new();
    let ada = a_person().org("acme").put(test.store.as_ref()).await;
    let bob = a_person().org("acme").put(test.store.as_ref()).await;
    let asleep = a_person().org("acme").status(UserStatus::Suspended).put(test.store.as_ref()).await;
    let good = claims(&ada.to_string(), "ada@example.com");
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        bearer(&claims)
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        bearer(&claims)
    };
    let now = TestClock::START.unix_millis() / 1000;
    let own = test.key("acme", false).await;
    let other = test.key("other", false).await;
    let boss = test.key("boss", true).await;
    let ending = test.key_until("brief", true, Some(TestClock::START.plus(Duration::from_secs(1)))).await;
    let gone = test.key("gone", true).await;
    let prefix = ApiKeyPrefix::parse(&gone[..8]).unwrap();
    test.app.cases.orgs.revoke_key.execute(&test.system(), prefix, None).await.unwrap();
    test.clock.advance(Duration::from_secs(2));
    let staff_claims = |email: &str, verified: bool| {
        let mut claims = claims("staff|grace", email);
        claims["email_verified"] = json!(verified);
        bearer(&claims)
    };
    let staff = test.staff();
    let (jwt, key, admin) = ("authorization", "x-api-key", "x-admin-api-key");
    let altered = {
        let mut key = own.clone();
        let last = if key.ends_with('a') { 'b' } else { 'a' };
        key.pop();
        key.push(last);
        key
    };
    let table: Vec<(&str, Vec<(&str, String)>)> = vec![
        ("nothing", vec![]),
        ("garbage token", vec![(jwt, "Bearer garbage".into())]),
        ("not a bearer", vec![(jwt, "Basic YWRhOnB3".into())]),
        ("own token", vec![(jwt, bearer(&good))]),
        ("other person's token", vec![(jwt, test.bearer(bob))]),
        ("suspended person's token", vec![(jwt, test.bearer(asleep))]),
        ("subject is no id", vec![(jwt, with("sub", json!("auth0|1")))]),
        ("subject is nil", vec![(jwt, with("sub", json!("00000000-0000-0000-0000-000000000000")))]),
        ("expired", vec![(jwt, with("exp", json!(now - 60)))]),
        ("expired within leeway", vec![(jwt, with("exp", json!(now - 10)))]),
        ("not yet valid", vec![(jwt, with("nbf", json!(now + 120)))]),
        ("no exp", vec![(jwt, without("exp"))]),
        ("no sub", vec![(jwt, without("sub"))]),
        ("no iss", vec![(jwt, without("iss"))]),
        ("wrong iss", vec![(jwt, with("iss", json!("https://evil.example")))]),
        ("no aud", vec![(jwt, without("aud"))]),
        ("wrong aud", vec![(jwt, with("aud", json!("other")))]),
        ("wrong algorithm", vec![(jwt, format!("Bearer {}", signed(&good, Algorithm::HS384, JWT_SECRET)))]),
        ("wrong signature", vec![(jwt, format!("Bearer {}", signed(&good, Algorithm::HS256, &"x".repeat(40))))]),
        ("no algorithm", vec![(jwt, unsigned(&good))]),
        ("two tokens", vec![(jwt, bearer(&good)), (jwt, bearer(&good))]),
        ("own organisation's key", vec![(key, own.clone())]),
        ("other organisation's key", vec![(key, other.clone())]),
        ("super key", vec![(key, boss.clone())]),
        ("expired key", vec![(key, ending)]),
        ("revoked key", vec![(key, gone)]),
        ("altered key", vec![(key, altered)]),
        ("short key", vec![(key, "abc".into())]),
        ("own token and own key", vec![(jwt, bearer(&good)), (key, own.clone())]),
        ("other's token and own key", vec![(jwt, test.bearer(bob)), (key, own.clone())]),
        ("own token and wrong key", vec![(jwt, bearer(&good)), (key, "x".repeat(40))]),
        ("wrong token and own key", vec![(jwt, "Bearer x".into()), (key, own)]),
        ("staff", vec![(admin, ADMIN_KEY.into()), (jwt, staff.clone())]),
        ("staff, admin key as api key", vec![(key, ADMIN_KEY.into()), (jwt, staff.clone())]),
        ("admin key alone", vec![(admin, ADMIN_KEY.into())]),
        ("admin key as api key alone", vec![(key, ADMIN_KEY.into())]),
        ("staff token alone", vec![(jwt, staff.clone())]),
        ("wrong admin key", vec![(admin, "wrong".into()), (jwt, staff.clone())]),
        ("staff of another domain", vec![(admin, ADMIN_KEY.into()), (jwt, staff_claims("g@other.example", true))]),
        ("staff of a subdomain", vec![(admin, ADMIN_KEY.into()), (jwt, staff_claims("g@x.staff.example", true))]),
        ("staff, other case", vec![(admin, ADMIN_KEY.into()), (jwt, staff_claims("G@STAFF.example", true))]),
        ("staff, not verified", vec![(admin, ADMIN_KEY.into()), (jwt, staff_claims("g@staff.example", false))]),
        ("staff with another's key", vec![(admin, ADMIN_KEY.into()), (jwt, staff), (key, other)]),
        ("server-only header", vec![(jwt, bearer(&good)), ("x-user-id", ada.to_string())]),
        ("server-only header alone", vec![("x-is-admin", "1".into())]),
    ];
    let mut seen = serde_json::Map::new();
    for (name, headers) in table {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let open = test.get(&format!("/users/{ada}/profile"), &headers).await;
        let unknown = test.get(&format!("/users/{}/profile", a_user_id()), &headers).await;
        let closed = test.get(&format!("/admin/aggregates/user/{ada}/events"), &headers).await;
        let codes = [open.status.as_u16(), unknown.status.as_u16(), closed.status.as_u16()];
        seen.insert(name.to_owned(), json!(codes.map(|code| code.to_string()).join(" ")));
        assert_eq!(open.status == 401, open.header("www-authenticate").is_some(), "{name}");
    }
    assert_json_snapshot!(seen);
}

fn unsigned(claims: &Value) -> String {
    use base64::Engine;
    let part = |value: &Value| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("Bearer {}.{}.", part(&json!({"alg": "none", "typ": "JWT"})), part(claims))
}

#[tokio::test]
async fn refusals_have_the_error_body() {
    let test = TestApp::new();
    let ada = a_user_id();
    assert_json_snapshot!("missing", test.get(&format!("/users/{ada}/profile"), &[]).await.told());
    let headers = [("authorization", "Bearer x")];
    assert_json_snapshot!("missing-admin", test.get("/admin/aggregates/user/x/events", &[]).await.told());
    assert_json_snapshot!("invalid", test.get(&format!("/users/{ada}/profile"), &headers).await.told());
    let token = test.bearer(a_user_id());
    let headers = [("authorization", token.as_str())];
    assert_json_snapshot!("denied", test.get(&format!("/users/{ada}/profile"), &headers).await.told());
    let headers = [("authorization", token.as_str()), ("x-org-id", "acme")];
    assert_json_snapshot!("server-only", test.get(&format!("/users/{ada}/profile"), &headers).await.told());
}

/// A token whose subject is no id and a path whose id is no id must not meet as the same nobody.
#[tokio::test]
async fn nobody_is_not_nobody_else() {
    let test = TestApp::new();
    let token = bearer(&claims("not-an-id", "ada@example.com"));
    let headers = [("authorization", token.as_str())];
    test.get("/users/not-an-id/profile", &headers).await.expect(403);
    test.get("/users/not-an-id/accessible-locks", &headers).await.expect(403);
}

/// The key of the organisation that owns the lock decides, not that of the person.
#[tokio::test]
async fn who_may_take_a_lock_away() {
    let test = TestApp::new();
    let door = a_lock().id(lock_id("4711")).org("acme").put(test.store.as_ref()).await;
    let loose = lock_id("unregistered");
    let mut seen = serde_json::Map::new();
    let keys = [("owning", test.key("acme", false).await), ("other", test.key("other", false).await)];
    let boss = test.key("boss", true).await;
    let staff = test.staff();
    for lock in [&door, &loose] {
        for (name, headers) in [
            ("owning key", vec![("x-api-key", keys[0].1.as_str())]),
            ("other key", vec![("x-api-key", keys[1].1.as_str())]),
            ("super key", vec![("x-api-key", boss.as_str())]),
            ("staff", vec![("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str())]),
        ] {
            let ada = a_person().org("other").put(test.store.as_ref()).await;
            granted(ada, lock).put(test.store.as_ref()).await;
            let body = json!({"lockId": lock.as_str(), "removedBy": "desk", "reason": "moved out"});
            let answer = test.post(&format!("/users/{ada}/RemoveAccessibleLock"), &headers, &body).await;
            seen.insert(format!("{lock}: {name}"), json!(answer.status.as_u16()));
        }
    }
    assert_json_snapshot!(seen);
}

/// What a gateway in front of the peer puts in is refused from a client, whatever else the request is.
#[tokio::test]
async fn what_only_the_server_sets_is_not_taken_from_clients() {
    let test = TestApp::new();
    let ada = a_person().put(test.store.as_ref()).await;
    let token = test.bearer(ada);
    let jwt = ("authorization", token.as_str());
    let path = format!("/users/{ada}/profile");
    for name in ["X-Org-Id", "X-User-Id", "X-User-Email", "X-Is-Admin", "X-Super-Access", "X-Admin-Delete"] {
        for value in ["acme", ""] {
            test.get(&path, &[jwt, (name, value)]).await.expect(400);
            test.get(&path, &[(name, value)]).await.expect(400);
        }
    }
    for query in ["_callerOrgId=acme", "a=b&_callerOrgId", "_caller%4FrgId=", "_callerOrgId=a&_callerOrgId=b"] {
        test.get(&format!("{path}?{query}"), &[jwt]).await.expect(400);
        let body = json!({"lockId": "4711", "removedBy": "x", "reason": "y"});
        test.post(&format!("/users/{ada}/RemoveAccessibleLock?{query}"), &[jwt], &body).await.expect(400);
    }
    test.get(&format!("{path}?callerOrgId=acme&x=_callerOrgId"), &[jwt]).await.expect(200);
    let command = format!("/users/{ada}/RemoveAccessibleLock");
    for sent in [
        r#"{"_callerOrgId":"acme","lockId":"4711","removedBy":"x","reason":"y"}"#,
        r#"{"lockId":"4711","removedBy":"x","reason":"y","_callerOrgId":null}"#,
        r#"{"lockId":"4711","removedBy":"x","reason":"y","\u005fcallerOrgId":{"a":[1]}}"#,
        r#"{"_callerOrgId":1,"_callerOrgId":2,"lockId":"4711","removedBy":"x","reason":"y"}"#,
        r#"{"\u005fcallerOrgId":"acme","lockId":"4711","removedBy":"x","reason":"y","index":1e400}"#,
    ] {
        let answer = test.send(post_json(&command, &[jwt], sent.to_owned())).await.expect(400);
        assert_eq!(answer.body["details"][0]["field"], "_callerOrgId", "{}", answer.body);
    }
    // Further in it is somebody's own affair. The lock is not in the list, which is what is told then.
    let inner = json!({"lockId": "4711", "removedBy": "x", "reason": "y", "more": {"_callerOrgId": "acme"}});
    let answer = test.post(&command, &[jwt], &inner).await.expect(400);
    assert!(answer.body.get("details").is_none(), "{}", answer.body);
}
