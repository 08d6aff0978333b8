//! Requests nobody meant well: never a 5xx, nothing written.

use axum::body::Body;
use axum::http::{Method, Request};
use portcullis_domain::user::Role;
use serde_json::json;

use crate::support::TestApp;

const POSTS: [&str; 11] = [
    "login",
    "users.create",
    "users.update",
    "users.resetTOTP",
    "users.2fa.sendEmailCode",
    "users.totp.validate",
    "users.totp.disable",
    "users.totp.regenerateCodes",
    "method.call/2fa:enable",
    "method.call/2fa:disable",
    "method.call/%ff",
];

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
        (json, br#"{"message":"{\"method\":\"2fa:enable\",\"params\":[[[[]]]],\"id\":[]}"}"#.to_vec()),
        (json, br#"{"user":"\u0000","password":"\ud83d"}"#.to_vec()),
        (json, json!({"user": "a".repeat(100_000), "password": "\u{0}".repeat(100_000)}).to_string().into_bytes()),
        (json, vec![b' '; (1 << 20) + 1]),
        (form, b"%%%=&&&===%zz".to_vec()),
        (form, b"message=%00&userId[]=1&user[$ne]=1&password=1".to_vec()),
        (Some("application/json; charset=utf-16"), b"{}".to_vec()),
        (Some("multipart/form-data; boundary=x"), b"--x--".to_vec()),
        (Some("text/xml"), b"<a/>".to_vec()),
        (Some(""), b"{}".to_vec()),
    ]
}

#[tokio::test]
async fn no_body_makes_a_5xx_or_is_written() {
    // Without a second factor every body gets as far as it can.
    let test = TestApp::with(|settings| settings.two_factor.enabled = false);
    let root = test.account("root", &[Role::Admin]).await;
    let rows = test.store.count_rows();
    for route in POSTS {
        for (kind, body) in bodies() {
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
            let answer = test.raw_rc(&root, route, kind, body).await;
            let own_reset = route == "users.resetTOTP" && answer.status == 200;
            assert!(answer.status.is_client_error() || own_reset, "{route} {kind:?} {shown}: {}", answer.body);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert!(answer.body["success"] == json!(own_reset), "{route} {shown}: {}", answer.body);
        }
    }
    assert_eq!(test.store.count_rows(), rows);
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
        (Method::POST, "/api/v1/users.delete", 404),
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
