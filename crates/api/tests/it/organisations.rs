//! Organisations and their keys.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use insta::assert_json_snapshot;
use portcullis_domain::clock::Clock;
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, TestApp, claims, shown};

impl TestApp {
    /// Sends something as staff; a body is said to be JSON.
    async fn staff_call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("x-admin-api-key", ADMIN_KEY).header("authorization", self.staff());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    async fn registers(&self, org: &str) -> Answer {
        let body = json!({"orgName": "Acme Ltd", "ownerEmail": " Olive@Acme.example"});
        self.staff_call("POST", &format!("/tenants/{org}/register"), &[], Some(&body)).await
    }

    async fn makes_key(&self, body: &Value, headers: &[(&str, &str)]) -> Answer {
        self.staff_call("POST", "/api-keys", headers, Some(body)).await
    }

    /// Is the key taken?
    async fn takes(&self, key: &str) -> bool {
        let answer = self.get("/users/42/accessible-locks", &[("x-api-key", key)]).await;
        assert!([401, 404].contains(&answer.status.as_u16()), "{}", answer.body);
        answer.status.as_u16() == 404
    }
}

fn acme() -> Value {
    json!({"orgId": "acme", "orgName": "Acme Ltd"})
}

fn key_of(answer: &Answer) -> String {
    answer.body["apiKey"].as_str().unwrap().to_owned()
}

/// An answer with keys under names.
fn told(answer: &Answer, keys: &[(&str, &str)]) -> Value {
    let parts: Vec<_> = keys
        .iter()
        .flat_map(|(key, name)| {
            let masked = format!("{}…{}", &key[..8], &key[36..]);
            [((*key).to_owned(), format!("<{name}>")), (masked, format!("<{name}, masked>"))]
                .into_iter()
                .chain([(key[..8].to_owned(), format!("<{name}, prefix>"))])
        })
        .collect();
    let parts: Vec<_> = parts.iter().map(|(part, name)| (part.as_str(), name.as_str())).collect();
    shown(answer, &parts)
}

#[tokio::test]
async fn an_organisation_is_registered_once() {
    let test = TestApp::new();
    let made = test.registers("acme").await;
    assert_eq!(made.header("etag"), Some("\"1\""));
    assert_json_snapshot!("tenant-registered", made.told());
    assert_json_snapshot!("tenant-exists", test.registers("acme").await.told());
    let wrong = json!({"orgName": " ", "ownerEmail": "nobody"});
    let path = format!("/tenants/{}/register", "x".repeat(129));
    assert_json_snapshot!("tenant-wrong", test.staff_call("POST", &path, &[], Some(&wrong)).await.told());
    let recorded = format!("{:?}", test.store.envelopes());
    assert!(!recorded.contains("olive@") && recorded.contains("o***@acme.example"), "{recorded}");
}

#[tokio::test]
async fn organisations_are_listed_in_pages() {
    let test = TestApp::new();
    for org in ["bolt", "acme", "cord"] {
        test.registers(org).await.expect(201);
    }
    test.key("dusk", false).await;
    test.makes_key(&acme(), &[]).await.expect(201);
    let first = test.staff_call("GET", "/tenants?limit=3", &[], None).await;
    assert_json_snapshot!("tenants", first.told());
    let second = test.staff_call("GET", "/tenants?limit=3&cursor=cord", &[], None).await;
    assert_json_snapshot!("tenants-last-page", second.told());
    assert_json_snapshot!(
        "tenants-wrong",
        test.staff_call("GET", "/tenants?limit=501&cursor=", &[], None).await.told()
    );
}

#[tokio::test]
async fn a_key_is_made_shown_and_works() {
    let test = TestApp::new();
    assert_json_snapshot!("key-without-tenant", test.makes_key(&acme(), &[]).await.told());
    test.registers("acme").await.expect(201);
    let made = test.makes_key(&acme(), &[]).await.expect(201);
    assert_eq!(made.header("etag"), Some("\"2\""));
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let key = key_of(&made);
    assert!(key.len() == 40 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_json_snapshot!("key-made", told(&made, &[(&key, "key")]));
    assert!(test.takes(&key).await);
    assert_json_snapshot!("key-exists", test.makes_key(&acme(), &[]).await.told());

    test.registers("bolt").await.expect(201);
    let until = test.clock.now().plus(Duration::from_hours(1)).to_string();
    let body = json!({"orgId": "bolt", "orgName": "Another name", "expiresAt": until, "super": true});
    let made = test.makes_key(&body, &[]).await.expect(201);
    let key = key_of(&made);
    assert_json_snapshot!("key-with-all", told(&made, &[(&key, "key")]));
    assert!(test.takes(&key).await);
    test.clock.advance(Duration::from_hours(1));
    assert!(!test.takes(&key).await, "it expires at the very instant");
    // What expired stands in nobody's way.
    test.makes_key(&json!({"orgId": "bolt", "orgName": "Bolt"}), &[]).await.expect(201);
}

#[tokio::test]
async fn what_is_wrong_with_an_order_is_told() {
    let test = TestApp::new();
    test.registers("acme").await.expect(201);
    assert_json_snapshot!("key-missing", test.makes_key(&json!({}), &[]).await.told());
    let wrong = json!({"orgId": "", "orgName": "", "expiresAt": "tomorrow"});
    assert_json_snapshot!("key-wrong", test.makes_key(&wrong, &[]).await.told());
    let past = json!({"orgId": "acme", "orgName": "Acme Ltd", "expiresAt": test.clock.now().to_string()});
    assert_json_snapshot!("key-past", test.makes_key(&past, &[]).await.told());
    assert_json_snapshot!("key-not-staff", test.post("/api-keys", &[], &acme()).await.told());
    let own = test.key("bolt", true).await;
    for (method, path) in [
        ("POST", "/api-keys"),
        ("GET", "/api-keys"),
        ("DELETE", "/api-keys/aB3dE5gH"),
        ("POST", "/api-keys/aB3dE5gH/rotate"),
        ("GET", "/tenants"),
        ("POST", "/tenants/acme/register"),
    ] {
        let request = Request::builder().method(method).uri(path).header("x-api-key", &own).body(Body::empty());
        test.send(request.unwrap()).await.expect(401);
    }
}

#[tokio::test]
async fn a_repeat_is_shown_the_first_key_and_nobody_else_is() {
    let test = TestApp::new();
    test.registers("acme").await.expect(201);
    let repeat = [("idempotency-key", "onboarding-1")];
    let first = test.makes_key(&acme(), &repeat).await.expect(201);
    let events = test.store.envelopes().len();
    let again = test.makes_key(&acme(), &repeat).await.expect(201);
    assert_eq!(first.body, again.body);
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), (None, Some("true")));
    assert_eq!(first.header("etag"), again.header("etag"));
    assert_eq!(test.store.envelopes().len(), events);
    test.makes_key(&json!({"orgId": "acme", "orgName": "Other"}), &repeat).await.expect(422);
    // Somebody else with the same Idempotency-Key asks for the first time.
    let heidi = crate::support::signed(
        &claims("staff|heidi", "heidi@staff.example"),
        jsonwebtoken::Algorithm::HS256,
        crate::support::JWT_SECRET,
    );
    let heidi = format!("Bearer {heidi}");
    let headers = [("x-admin-api-key", ADMIN_KEY), ("authorization", heidi.as_str()), repeat[0]];
    let other = test.post("/api-keys", &headers, &acme()).await.expect(409);
    assert_eq!(other.body.get("apiKey"), None);

    let path = format!("/api-keys/{}/rotate", &key_of(&first)[..8]);
    let rotated = test.staff_call("POST", &path, &repeat, None).await.expect(201);
    let again = test.staff_call("POST", &path, &repeat, None).await.expect(201);
    assert_eq!(rotated.body, again.body);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_ne!(key_of(&rotated), key_of(&first));
    // A day later the answer is forgotten.
    test.clock.advance(Duration::from_hours(24));
    test.staff_call("POST", &path, &repeat, None).await.expect(404);
}

#[tokio::test]
async fn a_rotated_key_is_refused_at_once() {
    let test = TestApp::new();
    test.registers("acme").await.expect(201);
    let until = test.clock.now().plus(Duration::from_hours(9)).to_string();
    let body = json!({"orgId": "acme", "orgName": "Acme Ltd", "expiresAt": until, "super": true});
    let old = key_of(&test.makes_key(&body, &[]).await.expect(201));
    let path = format!("/api-keys/{}/rotate", &old[..8]);
    test.staff_call("POST", &path, &[("if-match", "\"1\"")], None).await.expect(412);
    assert!(test.takes(&old).await);
    let rotated = test.staff_call("POST", &path, &[("if-match", "\"2\"")], Some(&json!({"reason": "leaked"}))).await;
    let new = key_of(&rotated);
    assert_json_snapshot!("key-rotated", told(&rotated, &[(&new, "new"), (&old, "old")]));
    assert!(!test.takes(&old).await && test.takes(&new).await);
    assert_json_snapshot!("key-rotated-again", test.staff_call("POST", &path, &[], None).await.told());
    test.clock.advance(Duration::from_hours(9));
    let path = format!("/api-keys/{}/rotate", &new[..8]);
    assert_json_snapshot!("key-rotated-late", test.staff_call("POST", &path, &[], None).await.told());
    let recorded: Vec<_> = test.store.envelopes().into_iter().map(|event| (event.name, event.reason)).collect();
    let recorded: Vec<_> =
        recorded.iter().map(|(name, reason)| (name.as_str(), reason.as_ref().map(ToString::to_string))).collect();
    let leaked = || Some("leaked".to_owned());
    assert_eq!(recorded[2..], [("ApiKeyRevoked", leaked()), ("ApiKeyCreated", leaked())]);
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once() {
    let test = TestApp::new();
    test.registers("acme").await.expect(201);
    let key = key_of(&test.makes_key(&acme(), &[]).await.expect(201));
    let path = format!("/api-keys/{}", &key[..8]);
    test.staff_call("DELETE", &path, &[("if-match", "\"7\"")], None).await.expect(412);
    let wrong = json!({"reason": " "});
    assert_json_snapshot!("revoke-wrong", test.staff_call("DELETE", &path, &[], Some(&wrong)).await.told());
    assert!(test.takes(&key).await);
    let revoked = test.staff_call("DELETE", &path, &[], None).await;
    assert_eq!(revoked.header("etag"), Some("\"3\""));
    assert_json_snapshot!("key-revoked", told(&revoked, &[(&key, "key")]));
    assert!(!test.takes(&key).await);
    assert_json_snapshot!("key-revoked-again", test.staff_call("DELETE", &path, &[], None).await.told());
    test.staff_call("DELETE", "/api-keys/unknown1", &[], None).await.expect(404);
    test.staff_call("DELETE", "/api-keys/x", &[], None).await.expect(404);
    // An organisation may have a key again.
    test.makes_key(&acme(), &[]).await.expect(201);
}

#[tokio::test]
async fn keys_are_listed_with_what_became_of_them() {
    let test = TestApp::new();
    let mut keys = Vec::new();
    for org in ["acme", "bolt"] {
        test.registers(org).await.expect(201);
        let until = test.clock.now().plus(Duration::from_mins(10)).to_string();
        let body = json!({"orgId": org, "orgName": "Name", "expiresAt": until});
        keys.push(key_of(&test.makes_key(&body, &[]).await.expect(201)));
        test.clock.advance(Duration::from_mins(5));
    }
    let path = format!("/api-keys/{}/rotate", &keys[1][..8]);
    keys.push(key_of(&test.staff_call("POST", &path, &[], None).await.expect(201)));
    assert!(test.takes(&keys[2]).await);
    test.app.cases.orgs.key_use.write(&test.system()).await.unwrap();
    let names = [(keys[0].as_str(), "first"), (keys[1].as_str(), "second"), (keys[2].as_str(), "third")];
    let all = test.staff_call("GET", "/api-keys", &[], None).await;
    assert_json_snapshot!("keys", told(&all, &names));
    let some = test.staff_call("GET", "/api-keys?orgId=acme", &[], None).await.expect(200);
    assert_eq!(some.body["apiKeys"].as_array().unwrap().len(), 1);

    let mut seen = Vec::new();
    let mut path = "/api-keys?limit=1".to_owned();
    loop {
        let page = test.staff_call("GET", &path, &[], None).await.expect(200);
        seen.extend(page.body["apiKeys"].as_array().unwrap().clone());
        let Some(cursor) = page.body["nextCursor"].as_str() else { break };
        path = format!("/api-keys?limit=1&cursor={cursor}");
    }
    assert_eq!(&Value::from(seen), &all.body["apiKeys"]);
    let wrong = test.staff_call("GET", "/api-keys?orgId=&limit=0&cursor=x", &[], None).await;
    assert_json_snapshot!("keys-wrong", wrong.told());
}

/// A request that is refused uses no key.
#[tokio::test]
async fn only_keys_that_were_taken_count_as_used() {
    let test = TestApp::new();
    test.registers("acme").await.expect(201);
    let key = key_of(&test.makes_key(&acme(), &[]).await.expect(201));
    let wrong = format!("{}{}", &key[..8], "x".repeat(32));
    assert!(!test.takes(&wrong).await);
    test.app.cases.orgs.key_use.write(&test.system()).await.unwrap();
    let listed = async || test.staff_call("GET", "/api-keys", &[], None).await.body["apiKeys"][0]["lastUsedAt"].clone();
    assert_eq!(listed().await, Value::Null);
    assert!(test.takes(&key).await);
    assert_eq!(listed().await, Value::Null, "not written for every request");
    test.app.cases.orgs.key_use.write(&test.system()).await.unwrap();
    assert_eq!(listed().await, json!(test.clock.now().to_string()));
}
