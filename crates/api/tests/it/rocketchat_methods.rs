//! Setting up and giving up TOTP, through `method.call` and through `users.totp.*`.

use insta::assert_json_snapshot;
use portcullis_domain::user::Role;
use serde_json::{Value, json};

use crate::support::{TestApp, shown};

/// Secrets and codes under a name, so that only the shape is left.
fn shape(mut reply: Value) -> Value {
    if let Some(result) = reply.get_mut("result").and_then(Value::as_object_mut) {
        for (key, value) in result {
            match value {
                Value::String(text) => *value = json!(format!("[{key}] of {} characters", text.len())),
                Value::Array(codes) => *value = json!(format!("{} {key}", codes.len())),
                _ => {}
            }
        }
    }
    reply
}

#[tokio::test]
async fn the_methods_from_nothing_to_enrolled_and_back() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let other = test.signs_in("ada").await;
    let none = json!([]);
    let not_enrolled = json!({
        "validate": test.method(&ada, "2fa:validateTempToken", json!(["123456"])).await,
        "disable": test.method(&ada, "2fa:disable", json!(["123456"])).await,
        "regenerate": test.method(&ada, "2fa:regenerateCodes", json!(["123456"])).await,
        "remaining": test.method(&ada, "2fa:checkCodesRemaining", none.clone()).await,
    });
    let enabled = test.method(&ada, "2fa:enable", none.clone()).await;
    let wrong = test.method(&ada, "2fa:validateTempToken", json!(["wrong"])).await;
    assert!(test.knows(&other).await);
    let phone = test.enrols(&ada).await;
    assert!(test.knows(&ada).await && !test.knows(&other).await);
    let again = test.method(&ada, "2fa:enable", none.clone()).await;
    let remaining = test.method(&ada, "2fa:checkCodesRemaining", none).await;
    let regenerated_wrong = test.method(&ada, "2fa:regenerateCodes", json!(["wrong"])).await;
    let regenerated = test.method(&ada, "2fa:regenerateCodes", json!([phone.next_code(&test.clock)])).await;
    let disabled_wrong = test.method(&ada, "2fa:disable", json!(["wrong"])).await;
    // The old codes are void.
    let disabled_void = test.method(&ada, "2fa:disable", json!([phone.backup[0]])).await;
    assert_eq!(disabled_void, disabled_wrong);
    let disabled = test.method(&ada, "2fa:disable", json!([phone.next_code(&test.clock)])).await;
    assert!(test.knows(&ada).await);
    assert_json_snapshot!(json!({
        "0 not enrolled": not_enrolled,
        "1 enabled": shape(enabled),
        "2 validated, wrong code": wrong,
        "3 enabled again": again,
        "4 remaining": remaining,
        "5 regenerated, wrong code": regenerated_wrong,
        "6 regenerated": shape(regenerated),
        "7 disabled, wrong code": disabled_wrong,
        "8 disabled": disabled,
    }));
}

#[tokio::test]
async fn the_newer_routes_do_the_same() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let not_enrolled = test.get("/api/v1/users.totp.codesRemaining", &ada.headers()).await;
    let phone = test.enrols(&ada).await;
    let again = test.as_rc(&ada, "users.totp.enable", &[], &json!({})).await;
    let wrong = test.as_rc(&ada, "users.totp.regenerateCodes", &[], &json!({"code": "wrong"})).await;
    let code = phone.next_code(&test.clock);
    let regenerated = test.as_rc(&ada, "users.totp.regenerateCodes", &[], &json!({"code": code})).await.expect(200);
    assert_eq!(regenerated.body["codes"].as_array().unwrap().len(), 12);
    let kept = test.as_rc(&ada, "users.totp.disable", &[], &json!({"code": "wrong"})).await;
    let code = phone.next_code(&test.clock);
    let disabled = test.as_rc(&ada, "users.totp.disable", &[], &json!({"code": code})).await;
    let no_code = test.as_rc(&ada, "users.totp.validate", &[], &json!({})).await;
    let events: Vec<_> = test.store.envelopes().iter().map(|envelope| envelope.name.clone()).collect();
    assert!(events.ends_with(&["TotpEnrolled", "BackupCodesRegenerated", "TotpDisabled"].map(str::to_owned)));
    assert_json_snapshot!(json!({
        "not enrolled": shown(&not_enrolled, &[]),
        "enabled again": shown(&again, &[]),
        "wrong code": shown(&wrong, &[]),
        "not disabled": shown(&kept, &[]),
        "disabled": shown(&disabled, &[]),
        "no code": shown(&no_code, &[]),
    }));
}

#[tokio::test]
async fn wrong_codes_are_counted_there_too() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    test.enrols(&ada).await;
    for _ in 0..10 {
        assert_eq!(test.method(&ada, "2fa:disable", json!(["wrong"])).await["result"], json!(false));
    }
    assert_json_snapshot!(test.method(&ada, "2fa:disable", json!(["wrong"])).await);
}

#[tokio::test]
async fn a_call_around_a_failure_succeeds() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let unknown = test.method(&ada, "eraseBoard", json!([])).await;
    let no_code = test.method(&ada, "2fa:disable", json!([])).await;
    let no_text = test.method(&ada, "2fa:disable", json!([{"$ne": 1}])).await;
    let message = r#"{"id":7,"method":"2fa:checkCodesRemaining"}"#;
    let whole = test.as_rc(&ada, "method.call/2fa%3AcheckCodesRemaining", &[], &json!({"message": message})).await;
    assert_json_snapshot!(json!({
        "unknown method": unknown,
        "no code": no_code,
        "code of another kind": no_text,
        "the whole answer, to a number as id": shown(&whole, &[]),
    }));
}

#[tokio::test]
async fn what_is_no_call_is_refused() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let route = "method.call/2fa:enable";
    let call = json!({"msg": "method", "id": "1", "method": "2fa:enable", "params": []}).to_string();
    test.rc(route, &[], &json!({"message": call})).await.expect(401);
    for body in [
        json!({}),
        json!({"message": null}),
        json!({"message": {"method": "2fa:enable"}}),
        json!({"message": call, "more": 1}),
        json!({"message": ""}),
        json!({"message": "2fa:enable"}),
        json!({"message": "[]"}),
        json!({"message": "{}"}),
        json!({"message": r#"{"method":1}"#}),
        json!({"message": r#"{"method":"2fa:enable","params":"x"}"#}),
        json!({"message": r#"{"method":"2fa:enable","id":{}}"#}),
        json!({"message": r#"{"method":"2fa:enable","msg":"sub"}"#}),
    ] {
        let answer = test.as_rc(&ada, route, &[], &body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["errorType"]), (400, &json!("invalid-params")), "{body}");
    }
    assert_eq!(test.store.count_rows()["private_totp"], 0);
}
