//! Requests nobody meant well: never a 5xx, nothing written.

use axum::body::Body;
use axum::http::{Method, Request};
use portcullis_domain::user::Role;
use serde_json::json;

use crate::support::TestApp;

/// The routes a body can be posted to, with whether they look at it.
fn posts() -> Vec<(String, bool)> {
    let document = serde_json::to_value(portcullis_api::http::openapi::document()).unwrap();
    let mut posts = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let (Some(route), Some(operation)) = (path.strip_prefix("/api/v1/"), item.get("post")) else { continue };
        assert!(operation["responses"].get("413").is_some(), "{path}");
        let methods: &[&str] = if route.contains('{') { &["2fa:enable", "2fa:disable", "%ff"] } else { &[""] };
        let looks = operation.get("requestBody").is_some();
        posts.extend(methods.iter().map(|method| (route.replace("{method}", method), looks)));
    }
    posts
}

fn bodies() -> Vec<(Option<&'static str>, Vec<u8>)> {
    let json = Some("application/json");
    let form = Some("application/x-www-form-urlencoded");
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    vec![
        (None, Vec::new()),
        (json, b"{".to_vec()),
        (json, b"\xff\xfe\x00".to_vec()),
        (json, b"[]".to_vec()),
        (json, b"[1,2]".to_vec()),
        (json, b"\"text\"".to_vec()),
        (json, b"1e999".to_vec()),
        (json, b"true".to_vec()),
        (json, deep),
        (json, br#"{"":""}"#.to_vec()),
        (json, br#"{"userId":{"$ne":null},"user":{"$gt":""},"password":{"$gt":""}}"#.to_vec()),
        (json, br#"{"userId":["a"],"data":[],"message":[],"code":[],"user":[],"totp":[]}"#.to_vec()),
        (json, br#"{"userId":1,"data":1,"message":1,"code":1,"user":1,"totp":1}"#.to_vec()),
        (json, br#"{"tokenName":{},"bypassTwoFactor":"yes"}"#.to_vec()),
        (json, br#"{"tokenName":"","userId":"\u0000"}"#.to_vec()),
        (json, br#"{"tokenName":"a\u0000b"}"#.to_vec()),
        (json, br#"{"tokenName":"a","tokenName":1}"#.to_vec()),
        (json, json!({"tokenName": "a".repeat(100_000)}).to_string().into_bytes()),
        (json, br#"{"message":"{\"method\":\"2fa:enable\",\"params\":[[[[]]]],\"id\":[]}"}"#.to_vec()),
        (json, br#"{"user":"\u0000","password":"\ud83d"}"#.to_vec()),
        (json, json!({"user": "a".repeat(100_000), "password": "\u{0}".repeat(100_000)}).to_string().into_bytes()),
        (json, vec![b' '; (1 << 20) + 1]),
        (json, br#"{"permissions":[{"_id":"create-user","roles":{"$ne":1}}]}"#.to_vec()),
        (
            json,
            br#"{"permissions":[{"_id":"create-user","roles":["\u0000"]},{"_id":1}],"userId":"x","activeStatus":1}"#
                .to_vec(),
        ),
        (json, br#"{"userId":"root","userId":"x","activeStatus":true,"confirmRelinquish":[]}"#.to_vec()),
        (form, b"%%%=&&&===%zz".to_vec()),
        (form, b"message=%00&userId[]=1&user[$ne]=1&password=1".to_vec()),
        (Some("application/json; charset=utf-16"), b"{}".to_vec()),
        (Some("multipart/form-data; boundary=x"), b"--x--".to_vec()),
        (Some("text/xml"), b"<a/>".to_vec()),
        (Some(""), b"{}".to_vec()),
    ]
}

fn beginning(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned()
}

#[tokio::test]
async fn no_body_makes_a_5xx_or_is_written() {
    // Without a second factor every body gets as far as it can. A wrong password would be counted.
    let test = TestApp::with(|settings| {
        settings.two_factor.enabled = false;
        settings.lockout = None;
    });
    let root = test.account("root", &[Role::Admin]).await;
    let rows = test.store.count_rows();
    // Signing oneself out, which is written, has a test below.
    let routes: Vec<_> = posts().into_iter().filter(|(route, looks)| *looks && route != "users.logout").collect();
    assert!(routes.len() >= 19, "{}", routes.len());
    for (route, _) in routes {
        for (kind, body) in bodies() {
            let (shown, large) = (beginning(&body), body.len() > 1 << 20);
            let answer = test.raw_rc(&root, &route, kind, body).await;
            // What cannot be read names nobody, and so means the caller, who has nothing to reset.
            let own_reset = ["users.resetTOTP", "users.resetE2EKey"].contains(&route.as_str()) && answer.status == 200;
            assert!(answer.status.is_client_error() || own_reset, "{route} {kind:?} {shown}: {}", answer.body);
            assert!(!large || answer.status == 413, "{route}: {}", answer.body);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert!(answer.body["success"] == json!(own_reset), "{route} {shown}: {}", answer.body);
        }
    }
    assert_eq!(test.store.count_rows(), rows);
}

#[tokio::test]
async fn a_body_nobody_looks_at_changes_nothing() {
    let routes: Vec<_> = posts().into_iter().filter(|(_, looks)| !looks).collect();
    assert!(routes.len() >= 6, "{routes:?}");
    for (route, _) in routes {
        let test = TestApp::with(|settings| settings.two_factor.enabled = false);
        test.has_account("root", &[Role::Admin]).await;
        let own = test.signs_in("root").await;
        let empty = test.raw_rc(&own, &route, None, Vec::new()).await.status;
        assert_eq!(empty, 200, "{route}");
        for (kind, body) in bodies() {
            let shown = beginning(&body);
            let own = test.signs_in("root").await;
            let answer = test.raw_rc(&own, &route, kind, body).await;
            assert_eq!(answer.status, 200, "{route} {kind:?} {shown}: {}", answer.body);
            assert_eq!(answer.header("content-type"), Some("application/json"));
        }
        // One said to be too large is not waited for.
        let large = Request::post(format!("/api/v1/{route}")).header("content-length", (1 << 20) + 1);
        let answer = test.send(large.body(Body::empty()).unwrap()).await.expect(413);
        assert_eq!(answer.body["success"], json!(false), "{route}");
    }
}

#[tokio::test]
async fn no_body_signs_somebody_else_out() {
    let test = TestApp::new();
    let (root, ada) = (test.account("root", &[Role::Admin]).await, test.account("ada", &[Role::User]).await);
    let events = test.store.envelopes().len();
    for (kind, body) in bodies() {
        let own = test.signs_in("root").await;
        let shown = beginning(&body);
        let answer = test.raw_rc(&own, "users.logout", kind, body).await;
        // What cannot be read names nobody, and so means the caller.
        let meant_own = answer.status == 200;
        assert!(answer.status.is_client_error() || meant_own, "{kind:?} {shown}: {}", answer.body);
        assert_eq!((test.knows(&own).await, answer.body["success"].clone()), (!meant_own, json!(meant_own)), "{shown}");
        assert!(test.knows(&ada).await, "{shown}");
    }
    assert_eq!(test.store.envelopes().len(), events);
    assert!(!test.knows(&root).await, "some of them meant the caller");
}

#[tokio::test]
async fn no_query_makes_a_5xx() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let long = "a".repeat(5000);
    for route in ["users.info", "users.list", "permissions.listAll"] {
        for name in
            ["userId", "username", "email", "count", "offset", "sort", "query", "fields", "updatedSince", "", "x[]"]
        {
            for value in
                ["", "%00", "%ff", "-1", "1e9", "99999999999", "%7B%22%24where%22%3A1%7D", "[]", "2026-13-01", &long]
            {
                let path = format!("/api/v1/{route}?{name}={value}");
                let answer = test.get(&path, &root.headers()).await;
                assert!(answer.status.is_client_error() || answer.status == 200, "{path}: {}", answer.body);
                assert!(answer.body["success"].is_boolean(), "{path}");
                let twice = test.get(&format!("{path}&{name}={value}"), &root.headers()).await;
                assert_eq!(twice.status, 400, "{path} twice");
            }
        }
    }
}

#[tokio::test]
async fn no_header_makes_a_5xx() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    for value in [&b""[..], b"\xff\xfe", &[b'9'; 4096], b"${jndi:x}", b"\t"] {
        for name in ["x-2fa-code", "x-2fa-method", "content-type", "x-forwarded-for", "user-agent", "if-match"] {
            let mut request = Request::post("/api/v1/users.resetTOTP").header(name, value);
            for (name, value) in root.headers() {
                request = request.header(name, value);
            }
            let answer = test.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, 400, "{name}: {}", answer.body);
        }
        for name in ["x-user-id", "x-auth-token"] {
            let other = if name == "x-user-id" { ("x-auth-token", &root.token) } else { ("x-user-id", &root.id) };
            let request = Request::get("/api/v1/me").header(name, value).header(other.0, other.1);
            assert_eq!(test.send(request.body(Body::empty()).unwrap()).await.status, 401, "{name}");
        }
    }
}

#[tokio::test]
async fn wrong_methods_and_paths_are_told_in_this_style() {
    let test = TestApp::new();
    for (method, path, status) in [
        (Method::GET, "/api/v1/users.resetTOTP", 405),
        (Method::PUT, "/api/v1/me", 405),
        (Method::DELETE, "/api/v1/logout", 405),
        (Method::POST, "/api/v1/users.totp.codesRemaining", 405),
        (Method::POST, "/api/v1/users.getPersonalAccessTokens", 405),
        (Method::GET, "/api/v1/users.removeOtherTokens", 405),
        (Method::POST, "/api/v1/users.remove", 404),
        (Method::GET, "/api/v1/users.delete", 405),
        (Method::POST, "/api/v1/users.info", 405),
        (Method::POST, "/api/v1/method.call/", 404),
        (Method::POST, "/api/v1/method.call/a/b", 404),
        (Method::GET, "/api/v1/", 404),
        (Method::GET, "/api/v1/%00", 404),
        (Method::POST, "/api/v1/users.resettotp", 404),
    ] {
        let request = Request::builder().method(method.clone()).uri(path).body(Body::empty()).unwrap();
        let answer = test.send(request).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(answer.body["success"], json!(false), "{method} {path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}
