//! Codes by e-mail: `users.2fa.*`, and the challenge as clients see it.

use std::time::Duration;

use insta::assert_json_snapshot;
use portcullis_domain::commit::PrivateChange;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::EventStore;
use portcullis_domain::user::{Profile, Role};
use portcullis_testkit::build::{a_commit, email};
use serde_json::{Value, json};

use crate::support::{Account, Answer, PASSED, TestApp, shown};

/// Somebody with the role `admin` and codes by e-mail.
async fn root(test: &TestApp) -> Account {
    test.leaves_messages();
    let root = test.account("root", &[Role::Admin]).await;
    test.has_email_codes(&root).await;
    root
}

#[tokio::test]
async fn every_challenge_as_clients_see_it() {
    let test = TestApp::new();
    let root = root(&test).await;
    let required = test.asks(&root, &[]).await;
    test.clock.advance(Duration::from_mins(1));
    let again = test.asks(&root, &[("x-2fa-method", "email")]).await;
    let invalid = test.asks(&root, &[("x-2fa-code", "wrong"), ("x-2fa-method", "email")]).await;
    let forced_totp = test.asks(&root, &[("x-2fa-code", "123456"), ("x-2fa-method", "totp")]).await;
    for _ in 0..3 {
        assert_eq!(test.asks(&root, &[("x-2fa-code", "wrong")]).await.code(), "totp-invalid");
    }
    let fifth = test.asks(&root, &[("x-2fa-code", "wrong")]).await;
    let after = test.asks(&root, &[("x-2fa-code", "wrong")]).await;
    test.enrols(&root).await;
    let with_totp = test.asks(&root, &[]).await;
    let forced_email = test.asks(&root, &[("x-2fa-method", "email")]).await;
    assert_json_snapshot!(json!({
        "1 nothing sent": shown(&required, &[]),
        "2 nothing sent again": shown(&again, &[]),
        "3 wrong": shown(&invalid, &[]),
        "4 TOTP forced without having it": shown(&forced_totp, &[]),
        "5 wrong for the fifth time": shown(&fifth, &[]),
        "6 wrong with no code live": shown(&after, &[]),
        "7 with TOTP too": shown(&with_totp, &[]),
        "8 with TOTP too, e-mail forced": shown(&forced_email, &[]),
    }));
    for answer in [required, again, invalid, forced_totp, fifth, after, with_totp, forced_email] {
        assert_eq!(answer.status, 400);
    }
}

#[tokio::test]
async fn every_challenge_at_sign_in_as_clients_see_it() {
    let test = TestApp::new();
    root(&test).await;
    let body = json!({"user": "root@example.com", "password": "root"});
    let required = test.rc("login", &[], &body).await.expect(401);
    let invalid = test.rc("login", &[("x-2fa-code", "wrong")], &body).await.expect(401);
    for _ in 0..3 {
        test.rc("login", &[("x-2fa-code", "wrong")], &body).await.expect(401);
    }
    let fifth = test.rc("login", &[("x-2fa-code", "wrong")], &body).await.expect(401);
    assert_json_snapshot!(json!({
        "required": shown(&required, &[]),
        "invalid": shown(&invalid, &[]),
        "fifth": shown(&fifth, &[]),
    }));
    let wrong_password = json!({"user": "root", "password": "wrong"});
    test.rc("login", &[], &wrong_password).await.expect(401);
    assert_eq!(test.mailed_codes().len(), 1, "nothing is mailed to who does not know the password");
    test.rc("login", &[], &body).await.expect(401);
    let code = test.mailed_code();
    let with_code = json!({"user": "root", "password": "root", "code": code});
    test.rc("login", &[], &with_code).await.expect(200);
    let spent = test.rc("login", &[], &with_code).await.expect(401);
    assert_eq!((&spent.body["error"], &spent.body["details"]["codeGenerated"]), (&json!("totp-invalid"), &json!(true)));
}

#[tokio::test]
async fn a_mailed_code_counts_once_however_it_is_typed() {
    let test = TestApp::new();
    let root = root(&test).await;
    for typed in [|code: &str| code.to_owned(), |code: &str| code.replace('-', ""), |code: &str| format!(" {code} ")] {
        assert_eq!(test.asks(&root, &[]).await.code(), "totp-required");
        let code = typed(&test.mailed_code());
        assert_eq!(test.asks(&root, &[("x-2fa-code", &code), ("x-2fa-method", "email")]).await.code(), PASSED);
        assert_eq!(test.asks(&root, &[("x-2fa-code", &code)]).await.code(), "totp-invalid");
        test.clock.advance(Duration::from_mins(61));
    }
}

#[tokio::test]
async fn a_code_lasts_its_time_and_is_replaced_before() {
    let test = TestApp::new();
    let root = root(&test).await;
    let generated = |answer: &Answer| answer.body["details"]["codeGenerated"] == json!(true);
    assert!(generated(&test.asks(&root, &[]).await));
    test.clock.advance(Duration::from_mins(54));
    assert!(!generated(&test.asks(&root, &[]).await));
    let old = test.mailed_code();
    test.clock.advance(Duration::from_mins(1));
    assert!(generated(&test.asks(&root, &[]).await));
    assert_eq!(test.asks(&root, &[("x-2fa-code", &old)]).await.code(), "totp-invalid", "one is live at a time");
    let new = test.mailed_code();
    test.clock.advance(Duration::from_hours(1));
    let late = test.asks(&root, &[("x-2fa-code", &new)]).await;
    assert_eq!((late.code(), generated(&late)), ("totp-invalid", true));
    assert_eq!(test.asks(&root, &[("x-2fa-code", &test.mailed_code())]).await.code(), PASSED);
}

#[tokio::test]
async fn no_more_codes_are_mailed_than_a_mailbox_bears() {
    let test = TestApp::with(|settings| settings.two_factor.max_failures = None);
    let root = root(&test).await;
    let mut kinds = Vec::new();
    for _ in 0..40 {
        let answer = test.asks(&root, &[("x-2fa-code", "wrong")]).await;
        kinds.push(answer.code().to_owned());
    }
    assert_eq!(test.mailed_codes().len(), 5);
    assert_eq!(kinds.last().unwrap(), "totp-max-attempts");
    let asked = test.asks(&root, &[]).await;
    assert_json_snapshot!(shown(&asked, &[]));
    test.clock.advance(Duration::from_mins(5));
    assert_eq!(test.asks(&root, &[]).await.code(), "totp-required");
    assert_eq!(test.mailed_codes().len(), 6);
}

#[tokio::test]
async fn switching_it_on_ends_the_other_sign_ins_and_shows() {
    let test = TestApp::new();
    test.leaves_messages();
    let ada = test.account("ada", &[Role::User]).await;
    let other = test.signs_in("ada").await;
    for _ in 0..2 {
        let on = test.as_rc(&ada, "users.2fa.enableEmail", &[], &json!({})).await.expect(200);
        assert_eq!(on.body, json!({"success": true}));
    }
    assert!(test.knows(&ada).await && !test.knows(&other).await);
    let me = test.get("/api/v1/me", &ada.headers()).await.expect(200);
    assert_eq!(me.body["services"], json!({"password": {"exists": true}, "email2fa": {"enabled": true}}));
    let names: Vec<_> = test.store.envelopes().into_iter().map(|envelope| envelope.name).collect();
    assert_eq!(names.iter().filter(|name| *name == "EmailFactorEnabled").count(), 1);
}

#[tokio::test]
async fn switching_it_on_needs_a_confirmed_address() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let user = UserId::parse(&ada.id).unwrap();
    let unconfirmed = Profile { email: Some(email("ada@example.com")), ..Profile::empty(user) };
    for profile in [unconfirmed, Profile::empty(user)] {
        a_commit().private(PrivateChange::Profile(profile)).put(test.store.as_ref() as &dyn EventStore).await;
        let refused = test.as_rc(&ada, "users.2fa.enableEmail", &[], &json!({})).await.expect(400);
        assert_json_snapshot!("switching_it_on_needs_a_confirmed_address", shown(&refused, &[]));
    }
}

#[tokio::test]
async fn without_its_address_it_has_no_effect() {
    let test = TestApp::new();
    let root = root(&test).await;
    let user = UserId::parse(&root.id).unwrap();
    let gone = PrivateChange::Profile(Profile::empty(user));
    a_commit().private(gone).put(test.store.as_ref() as &dyn EventStore).await;
    let asked = test.asks(&root, &[]).await;
    assert_eq!(asked.body["details"]["method"], json!("password"));
    test.signs_in("root").await;
}

#[tokio::test]
async fn switching_it_off_takes_a_code() {
    let test = TestApp::new();
    let root = root(&test).await;
    let off = async |headers: &[(&str, &str)]| test.as_rc(&root, "users.2fa.disableEmail", headers, &json!({})).await;
    let asked = off(&[]).await.expect(400);
    assert_eq!((asked.code(), &asked.body["details"]["method"]), ("totp-required", &json!("email")));
    let password = root.password_code();
    assert_eq!(off(&[("x-2fa-code", &password), ("x-2fa-method", "password")]).await.code(), "totp-invalid");
    let done = off(&[("x-2fa-code", &test.mailed_code()), ("x-2fa-method", "email")]).await.expect(200);
    assert_eq!(done.body, json!({"success": true}));
    assert!(test.knows(&root).await, "sessions go on");
    let me = test.get("/api/v1/me", &root.headers()).await.expect(200);
    assert_eq!(me.body["services"], json!({"password": {"exists": true}}));
    test.signs_in("root").await;
    assert_eq!(off(&[("x-2fa-code", &password)]).await.expect(200).body, json!({"success": true}), "off already");
}

#[tokio::test]
async fn a_reset_of_totp_leaves_it_on() {
    let test = TestApp::new();
    let root = root(&test).await;
    let phone = test.enrols(&root).await;
    let code = phone.next_code(&test.clock);
    test.as_rc(&root, "users.resetTOTP", &[("x-2fa-code", &code)], &json!({})).await.expect(200);
    let body = json!({"user": "root", "password": "root"});
    let asked = test.rc("login", &[], &body).await.expect(401);
    assert_eq!(asked.body["details"]["method"], json!("email"));
}

#[tokio::test]
async fn a_code_is_sent_to_whoever_is_named_and_nobody_learns_to_whom() {
    let test = TestApp::new();
    root(&test).await;
    test.has_account("bob", &[Role::User]).await;
    let send = async |body: Value| test.rc("users.2fa.sendEmailCode", &[], &body).await;
    let done = send(json!({"emailOrUsername": "root"})).await.expect(200);
    assert_eq!(done.body, json!({"success": true}));
    for name in ["ROOT", "root@example.com", "bob", "nobody", "nobody@example.com", "", " ", "no name at all", "@"] {
        assert_eq!(send(json!({"emailOrUsername": name})).await.told(), done.told(), "{name}");
    }
    assert_eq!(test.mailed_codes().len(), 1);
    let body = json!({"user": "root", "password": "root", "code": test.mailed_code()});
    test.rc("login", &[], &body).await.expect(200);
    let wrong = [json!({}), json!({"emailOrUsername": 1}), json!({"emailOrUsername": null}), json!({"user": "root"})];
    for body in wrong {
        assert_eq!(send(body.clone()).await.expect(400).code(), "invalid-params", "{body}");
    }
    let nobody = send(json!({})).await;
    assert_json_snapshot!(shown(&nobody, &[]));
}

#[tokio::test]
async fn new_accounts_start_with_it_where_the_setting_says_so() {
    let test = TestApp::with(|settings| settings.two_factor.email.auto_opt_in = true);
    test.leaves_messages();
    let root = test.account("root", &[Role::Admin]).await;
    for (name, verified) in [("ada", true), ("bob", false)] {
        let body = json!({
            "name": name, "email": format!("{name}@example.com"), "password": name, "username": name,
            "verified": verified,
        });
        let password = root.password_code();
        test.as_rc(&root, "users.create", &[("x-2fa-code", &password)], &body).await.expect(200);
    }
    let ada = test.rc("login", &[], &json!({"user": "ada", "password": "ada"})).await.expect(401);
    assert_eq!(ada.body["details"]["method"], json!("email"));
    test.signs_in("bob").await;
}

#[tokio::test]
async fn a_dead_mail_server_keeps_nobody_waiting() {
    let test = TestApp::new();
    let root = root(&test).await;
    // Nothing relays here: the mail waits, and the question is answered.
    assert_eq!(test.asks(&root, &[]).await.code(), "totp-required");
    assert_eq!(test.app.ports.outbox.backlog().await.unwrap().waiting, 1);
}
