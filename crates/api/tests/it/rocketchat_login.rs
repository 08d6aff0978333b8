//! Signing in.

use insta::assert_json_snapshot;
use portcullis_domain::user::{Role, UserStatus};
use portcullis_testkit::build::a_person;
use portcullis_testkit::fake::FakeHasher;
use serde_json::{Value, json};

use crate::support::{TestApp, shown};

fn digest(password: &str) -> Value {
    json!({"digest": FakeHasher::password_digest(password).expose(), "algorithm": "sha-256"})
}

#[tokio::test]
async fn signing_in_answers_token_and_person() {
    let test = TestApp::new();
    test.has_account("ada", &[Role::User]).await;
    let answer = test.rc("login", &[], &json!({"user": "ada", "password": "ada"})).await.expect(200);
    let id = answer.body["data"]["userId"].as_str().unwrap();
    let token = answer.body["data"]["authToken"].as_str().unwrap();
    assert_eq!(token.len(), 43);
    assert_json_snapshot!(shown(&answer, &[(id, "[ada]"), (token, "[token]")]));
}

#[tokio::test]
async fn every_form_of_signing_in_is_read() {
    let test = TestApp::new();
    test.has_account("ada", &[Role::User]).await;
    let upper = FakeHasher::password_digest("ada").expose().to_uppercase();
    for body in [
        json!({"user": "ada", "password": "ada"}),
        json!({"user": "ADA", "password": "ada", "ldap": true, "ldapOptions": {}}),
        json!({"user": "Ada@Example.com", "password": "ada"}),
        json!({"username": "ada", "password": "ada"}),
        json!({"email": "ada@example.com", "password": "ada"}),
        json!({"user": "ada", "password": digest("ada")}),
        json!({"user": "ada", "password": {"digest": upper, "algorithm": "sha-256"}}),
        json!({"user": {"username": "ada"}, "password": digest("ada")}),
        json!({"user": {"email": "ada@example.com"}, "password": "ada"}),
        json!({"totp": {"login": {"user": {"username": "ada"}, "password": digest("ada")}, "code": "000000"}}),
    ] {
        let answer = test.rc("login", &[], &body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_form_signs_in_too() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let form = Some("application/x-www-form-urlencoded; charset=UTF-8");
    for body in ["user=ada&password=ada", "email=ada%40example.com&password=ada", &format!("resume={}", ada.token)] {
        test.raw_rc(&ada, "login", form, body.as_bytes().to_vec()).await.expect(200);
    }
    test.raw_rc(&ada, "login", form, b"user=ada&password=bob".to_vec()).await.expect(401);
}

#[tokio::test]
async fn a_session_goes_on_by_its_token() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    test.enrols(&ada).await;
    let resumed = test.rc("login", &[], &json!({"resume": ada.token})).await.expect(200);
    assert_eq!(resumed.body["data"]["authToken"], json!(ada.token));
    assert_eq!(test.store.count_rows()["work_sessions"], 1);
    test.rc("login", &[], &json!({"resume": "nobody's"})).await.expect(401);
}

#[tokio::test]
async fn whether_an_account_exists_is_not_told() {
    let test = TestApp::new();
    test.has_account("ada", &[Role::User]).await;
    a_person().email("bob@example.com").put(test.store.as_ref()).await;
    let wrong = test.rc("login", &[], &json!({"user": "ada", "password": "wrong"})).await;
    assert_json_snapshot!(shown(&wrong, &[]));
    for body in [
        json!({"user": "nobody", "password": "wrong"}),
        json!({"user": "nobody@example.com", "password": "wrong"}),
        json!({"user": "bob@example.com", "password": "wrong"}),
        json!({"user": "no name at all", "password": "wrong"}),
        json!({"user": "", "password": ""}),
    ] {
        assert_eq!(test.rc("login", &[], &body).await.told(), wrong.told(), "{body}");
    }
}

#[tokio::test]
async fn a_second_factor_is_asked_for_after_the_password() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let phone = test.enrols(&ada).await;
    let body = json!({"user": "ada", "password": "ada"});
    let required = test.rc("login", &[], &body).await;
    let invalid = test.rc("login", &[("X-2FA-Code", "nonsense")], &body).await;
    // The password cannot be the second factor of the password.
    let password = ada.password_code();
    let not_the_password = test.rc("login", &[("x-2fa-code", &password), ("x-2fa-method", "password")], &body).await;
    assert_eq!(not_the_password.body["error"], json!("totp-invalid"));
    let wrong_password = json!({"user": "ada", "password": "wrong", "code": phone.next_code(&test.clock)});
    assert_eq!(test.rc("login", &[], &wrong_password).await.body["error"], json!("Unauthorized"));
    assert_json_snapshot!(json!({"required": shown(&required, &[]), "invalid": shown(&invalid, &[])}));
}

#[tokio::test]
async fn the_code_is_taken_wherever_clients_put_it() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let phone = test.enrols(&ada).await;
    let plain = json!({"user": "ada", "password": "ada"});
    let code = phone.next_code(&test.clock);
    test.rc("login", &[], &json!({"user": "ada", "password": "ada", "code": code})).await.expect(200);
    let code = phone.next_code(&test.clock);
    test.rc("login", &[], &json!({"totp": {"login": plain, "code": code}})).await.expect(200);
    let code = phone.next_code(&test.clock);
    test.rc("login", &[("x-2fa-code", &code), ("x-2fa-method", "totp")], &plain).await.expect(200);
    // A step is good once.
    let again = test.rc("login", &[("x-2fa-code", &code)], &plain).await;
    assert_eq!(again.body["error"], json!("totp-invalid"));
    let backup = &phone.backup[0];
    test.rc("login", &[("x-2fa-code", backup)], &plain).await.expect(200);
    test.rc("login", &[("x-2fa-code", backup)], &plain).await.expect(401);
}

#[tokio::test]
async fn wrong_codes_are_counted_at_sign_in() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let phone = test.enrols(&ada).await;
    let body = json!({"user": "ada", "password": "ada", "code": "nonsense"});
    for _ in 0..10 {
        assert_eq!(test.rc("login", &[], &body).await.body["error"], json!("totp-invalid"));
    }
    let code = phone.next_code(&test.clock);
    let locked = test.rc("login", &[("x-2fa-code", &code)], &json!({"user": "ada", "password": "ada"})).await;
    assert_json_snapshot!(shown(&locked, &[]));
}

#[tokio::test]
async fn the_switched_off_do_not_sign_in() {
    let test = TestApp::new();
    for (name, status) in [("ina", UserStatus::Inactive), ("sue", UserStatus::Suspended)] {
        let person = a_person().status(status).email(&format!("{name}@example.com"));
        person.account(name, &[Role::User]).put(test.store.as_ref()).await;
        let answer = test.rc("login", &[], &json!({"user": name, "password": name})).await;
        assert_json_snapshot!("the_switched_off_do_not_sign_in", shown(&answer, &[]));
        let wrong = test.rc("login", &[], &json!({"user": name, "password": "wrong"})).await;
        assert_eq!(wrong.body["error"], json!("Unauthorized"));
    }
    assert_eq!(test.store.count_rows()["work_sessions"], 0);
}

#[tokio::test]
async fn what_is_no_sign_in_is_refused() {
    let test = TestApp::new();
    test.has_account("ada", &[Role::User]).await;
    for body in [
        json!({}),
        json!({"user": "ada"}),
        json!({"password": "ada"}),
        json!({"user": 1, "password": "ada"}),
        json!({"user": null, "password": "ada"}),
        json!({"user": {}, "password": "ada"}),
        json!({"user": {"username": 1}, "password": "ada"}),
        json!({"user": "ada", "password": ["ada"]}),
        json!({"user": "ada", "password": {"digest": "ada"}}),
        json!({"user": "ada", "password": {"digest": "ada", "algorithm": "sha-256"}}),
        json!({"user": "ada", "password": {"digest": "0".repeat(64), "algorithm": "md5"}}),
        json!({"user": "ada", "password": "ada", "code": 123_456}),
        json!({"resume": 1}),
        json!({"totp": "123456"}),
        json!({"totp": {"code": "123456"}}),
        json!({"totp": {"login": {"user": 1}, "code": "123456"}}),
        json!({"totp": {"login": {"totp": {"login": {"user": "ada", "password": "ada"}, "code": "1"}}, "code": "1"}}),
        json!([{"user": "ada", "password": "ada"}]),
        json!("ada"),
    ] {
        let answer = test.rc("login", &[], &body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["errorType"]), (400, &json!("invalid-params")), "{body}");
    }
    assert_eq!(test.store.count_rows()["work_sessions"], 0);
}
