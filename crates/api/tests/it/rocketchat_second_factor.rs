//! Proving a second factor: which one is asked for, and how often a code counts.

use std::time::Duration;

use insta::assert_json_snapshot;
use portcullis_domain::user::Role;
use serde_json::json;

use crate::support::{PASSED, TestApp, shown};

#[tokio::test]
async fn the_method_asked_for() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let fallback = test.asks(&root, &[]).await;
    let forced_totp = test.asks(&root, &[("x-2fa-method", "totp"), ("x-2fa-code", "123456")]).await;
    let forced_email = test.asks(&root, &[("x-2fa-method", "email"), ("x-2fa-code", "123456")]).await;
    let unknown = test.asks(&root, &[("x-2fa-method", "carrier-pigeon")]).await;
    assert_eq!(unknown.told(), fallback.told());
    let empty_code = test.asks(&root, &[("x-2fa-code", ""), ("x-2fa-method", "password")]).await;
    assert_eq!(empty_code.told(), fallback.told());
    test.enrols(&root).await;
    let totp = test.asks(&root, &[]).await;
    let password = root.password_code();
    let no_stand_in = test.asks(&root, &[("x-2fa-method", "password"), ("x-2fa-code", &password)]).await;
    assert_json_snapshot!(json!({
        "without TOTP, nothing sent": shown(&fallback, &[]),
        "without TOTP, TOTP forced": shown(&forced_totp, &[]),
        "without TOTP, e-mail forced": shown(&forced_email, &[]),
        "with TOTP, nothing sent": shown(&totp, &[]),
        "with TOTP, the password sent": shown(&no_stand_in, &[]),
    }));
}

#[tokio::test]
async fn the_password_counts_as_its_digest_in_either_case() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let code = root.password_code();
    for (name, code) in [("x-2fa-code", code.clone()), ("X-2FA-CODE", code.to_uppercase())] {
        assert_eq!(test.asks(&root, &[(name, &code)]).await.code(), PASSED);
    }
    assert_eq!(test.asks(&root, &[("x-2fa-code", "root")]).await.code(), "totp-invalid");
}

#[tokio::test]
async fn a_step_counts_once() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let phone = test.enrols(&root).await;
    // The step that confirmed the enrolment is used already.
    let used = phone.code(&test.clock);
    assert_eq!(test.asks(&root, &[("x-2fa-code", &used)]).await.code(), "totp-invalid");
    let code = phone.next_code(&test.clock);
    assert_eq!(test.asks(&root, &[("x-2fa-code", &code), ("x-2fa-method", "totp")]).await.code(), PASSED);
    assert_eq!(test.asks(&root, &[("x-2fa-code", &code)]).await.code(), "totp-invalid");
    // One is asked for each time: nothing is remembered.
    assert_eq!(test.asks(&root, &[]).await.code(), "totp-required");
}

#[tokio::test]
async fn a_backup_code_counts_once() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let phone = test.enrols(&root).await;
    let headers = [("x-2fa-code", phone.backup[3].as_str()), ("x-2fa-method", "totp")];
    assert_eq!(test.asks(&root, &headers).await.code(), PASSED);
    assert_eq!(test.asks(&root, &headers).await.code(), "totp-invalid");
    let left = test.get("/api/v1/users.totp.codesRemaining", &root.headers()).await.expect(200);
    assert_eq!(left.body, json!({"remaining": 11, "success": true}));
}

#[tokio::test]
async fn ten_wrong_codes_close_the_door_until_the_window_ends() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let phone = test.enrols(&root).await;
    for code in ["nonsense", "wrong", "äöü", "A1B2C3D4", "x", "x", "x", "x", "x", "-1"] {
        assert_eq!(test.asks(&root, &[("x-2fa-code", code)]).await.code(), "totp-invalid", "{code}");
    }
    let code = phone.next_code(&test.clock);
    let locked = test.asks(&root, &[("x-2fa-code", &code)]).await;
    assert_json_snapshot!(shown(&locked, &[]));
    test.clock.advance(Duration::from_mins(5));
    let code = phone.next_code(&test.clock);
    assert_eq!(test.asks(&root, &[("x-2fa-code", &code)]).await.code(), PASSED);
}

#[tokio::test]
async fn wrong_passwords_are_counted_too() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    for _ in 0..10 {
        assert_eq!(test.asks(&root, &[("x-2fa-code", "wrong")]).await.code(), "totp-invalid");
    }
    let right = root.password_code();
    let locked = test.asks(&root, &[("x-2fa-code", &right)]).await;
    assert_json_snapshot!(shown(&locked, &[]));
}

#[tokio::test]
async fn a_code_sent_twice_is_none() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let code = root.password_code();
    let twice = test.asks(&root, &[("x-2fa-code", &code), ("x-2fa-code", &code)]).await;
    assert_eq!(twice.code(), "totp-required");
    // Of two methods neither is forced.
    let methods = [("x-2fa-method", "totp"), ("x-2fa-method", "email"), ("x-2fa-code", code.as_str())];
    assert_eq!(test.asks(&root, &methods).await.code(), PASSED);
}
