//! Personal access tokens, and ending sessions elsewhere.

use std::time::Duration;

use insta::assert_json_snapshot;
use portcullis_domain::totp::TwoFactorPolicy;
use portcullis_domain::user::Role;
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Account, Answer, TestApp, shown};

impl TestApp {
    /// Sends an order about tokens, with the password as second factor.
    async fn proved(&self, who: &Account, route: &str, body: &Value) -> Answer {
        let code = who.password_code();
        self.as_rc(who, &format!("users.{route}"), &[("x-2fa-code", &code)], body).await
    }

    async fn tokens(&self, who: &Account) -> Answer {
        self.get("/api/v1/users.getPersonalAccessTokens", &who.headers()).await
    }
}

fn named(name: &str) -> Value {
    json!({"tokenName": name})
}

#[tokio::test]
async fn a_token_is_made_listed_replaced_and_removed() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let made = test.proved(&ada, "generatePersonalAccessToken", &named("nightly backup")).await.expect(200);
    let first = Account { token: made.body["token"].as_str().unwrap().to_owned(), ..ada.clone() };
    assert_eq!(first.token.len(), 43);
    test.clock.advance(Duration::from_secs(1));
    let second = test.makes_token(&ada, "import", true).await;
    assert!(test.knows(&first).await && test.knows(&second).await);

    let listed = test.tokens(&first).await.expect(200);
    let parts = [&first, &second].map(|of| of.token[37..].to_owned());
    assert_json_snapshot!(shown(&listed, &[(&parts[0], "[first]"), (&parts[1], "[second]")]));

    let replaced = test.proved(&ada, "regeneratePersonalAccessToken", &named("import")).await.expect(200);
    let third = Account { token: replaced.body["token"].as_str().unwrap().to_owned(), ..ada.clone() };
    assert!(!test.knows(&second).await && test.knows(&third).await);
    let rows = test.tokens(&ada).await.body["tokens"].clone();
    assert_eq!(rows[1]["bypassTwoFactor"], json!(true));

    let removed = test.proved(&ada, "removePersonalAccessToken", &named("import")).await.expect(200);
    assert_eq!(removed.body, json!({"success": true}));
    assert!(!test.knows(&third).await && test.knows(&first).await && test.knows(&ada).await);
    let tokens = [(first.token.as_str(), "[first]"), (third.token.as_str(), "[third]")];
    assert_json_snapshot!([shown(&made, &tokens), shown(&replaced, &tokens), shown(&removed, &tokens)]);
}

#[tokio::test]
async fn what_stands_in_the_way_of_tokens_is_told_as_the_peer_does() {
    let test = TestApp::new();
    let (ada, bot) = (test.account("ada", &[Role::User]).await, test.account("bot", &[Role::Bot]).await);
    test.makes_token(&ada, "mine", false).await;
    // A new account is not asked for a second factor at first.
    test.clock.advance(TwoFactorPolicy::default().remember_for);
    let mut answers = vec![
        test.as_rc(&ada, "users.generatePersonalAccessToken", &[], &named("other")).await,
        test.as_rc(&ada, "users.removePersonalAccessToken", &[("x-2fa-code", "nonsense")], &named("mine")).await,
        test.proved(&ada, "generatePersonalAccessToken", &named("mine")).await,
        test.proved(&ada, "regeneratePersonalAccessToken", &named("none")).await,
        test.proved(&ada, "removePersonalAccessToken", &named("none")).await,
        test.proved(&bot, "generatePersonalAccessToken", &named("mine")).await,
        test.tokens(&bot).await,
        test.proved(&ada, "generatePersonalAccessToken", &json!({})).await,
        test.proved(&ada, "generatePersonalAccessToken", &named("")).await,
        test.proved(&ada, "removePersonalAccessToken", &json!({"tokenName": "mine", "userId": ada.id})).await,
    ];
    for number in 1..50 {
        test.makes_token(&ada, &number.to_string(), false).await;
    }
    answers.push(test.proved(&ada, "generatePersonalAccessToken", &named("one too many")).await);
    let told: Vec<_> = answers.iter().map(|answer| shown(answer, &[])).collect();
    assert_json_snapshot!(told);
    assert_eq!(test.tokens(&ada).await.body["tokens"].as_array().unwrap().len(), 50);
}

#[tokio::test]
async fn a_form_makes_a_token_too() {
    let test = TestApp::with(|settings| settings.two_factor.enabled = false);
    let ada = test.account("ada", &[Role::User]).await;
    let form = Some("application/x-www-form-urlencoded");
    let order = b"tokenName=from+a+form&bypassTwoFactor=true".to_vec();
    test.raw_rc(&ada, "users.generatePersonalAccessToken", form, order).await.expect(200);
    let rows = test.tokens(&ada).await.body["tokens"].clone();
    assert_eq!((&rows[0]["name"], &rows[0]["bypassTwoFactor"]), (&json!("from a form"), &json!(true)));
}

#[tokio::test]
async fn other_sessions_end_and_this_one_and_tokens_stay() {
    let test = TestApp::new();
    let (ada, bob) = (test.account("ada", &[Role::User]).await, test.account("bob", &[Role::User]).await);
    let program = test.makes_token(&ada, "program", false).await;
    for route in ["users.removeOtherTokens", "users.logoutOtherClients"] {
        let other = test.signs_in("ada").await;
        let answer = test.as_rc(&ada, route, &[], &json!({})).await;
        assert_json_snapshot!(format!("other_sessions_end_by_{route}"), shown(&answer, &[(&ada.token, "[token]")]));
        assert!(!test.knows(&other).await);
        for stays in [&ada, &bob, &program] {
            assert!(test.knows(stays).await, "{route}");
        }
    }
    let by_program = test.as_rc(&program, "users.logoutOtherClients", &[], &json!({})).await.expect(200);
    assert_eq!(by_program.body, json!({"token": program.token, "tokenExpires": "", "success": true}));
    assert!(!test.knows(&ada).await && test.knows(&program).await);
}

#[tokio::test]
async fn a_person_is_signed_out_everywhere() {
    let test = TestApp::new();
    let (root, ada) = (test.account("root", &[Role::Admin]).await, test.account("ada", &[Role::User]).await);
    let program = test.makes_token(&ada, "program", false).await;
    let out = |who: Account, body: Value| {
        let test = &test;
        async move { test.as_rc(&who, "users.logout", &[], &body).await }
    };
    let mut answers = vec![
        out(ada.clone(), json!({"userId": root.id})).await,
        out(ada.clone(), json!({"userId": "nobody"})).await,
        out(root.clone(), json!({"userId": "nobody"})).await,
        out(root.clone(), json!({"userId": 1})).await,
    ];
    assert!(test.knows(&root).await && test.knows(&ada).await);
    answers.push(out(root.clone(), json!({"userId": ada.id})).await);
    assert!(!test.knows(&ada).await && test.knows(&root).await && test.knows(&program).await);
    answers.push(out(root.clone(), json!({})).await);
    assert!(!test.knows(&root).await);
    let told: Vec<_> =
        answers.iter().map(|answer| shown(answer, &[(&ada.id, "[ada]"), (&root.id, "[root]")])).collect();
    assert_json_snapshot!(told);
    assert_eq!(test.store.envelopes().iter().filter(|event| event.name == "UserLoggedOut").count(), 1);
}

#[tokio::test]
async fn a_token_signs_out_and_resumes_like_a_session() {
    let test = TestApp::new();
    let ada = test.account("ada", &[Role::User]).await;
    let program = test.makes_token(&ada, "program", false).await;
    test.rc("login", &[], &json!({"resume": program.token})).await.expect(200);
    test.as_rc(&program, "logout", &[], &json!({})).await.expect(200);
    assert!(!test.knows(&program).await && test.knows(&ada).await);
    assert_eq!(test.tokens(&ada).await.body["tokens"], json!([]));
    test.rc("login", &[], &json!({"resume": program.token})).await.expect(401);
}

#[tokio::test]
async fn a_session_ends_by_itself_and_a_token_does_not() {
    let test = TestApp::with(|settings| settings.session_lifetime = Duration::from_hours(24));
    let ada = test.account("ada", &[Role::User]).await;
    let program = test.makes_token(&ada, "program", false).await;
    test.clock.advance(Duration::from_hours(24) - Duration::from_millis(1));
    assert!(test.knows(&ada).await);
    test.clock.advance(Duration::from_millis(1));
    assert!(!test.knows(&ada).await && test.knows(&program).await);
    test.rc("login", &[], &json!({"resume": ada.token})).await.expect(401);
}

#[tokio::test]
async fn enrolling_leaves_tokens_alone_and_resets_and_suspensions_end_them() {
    let test = TestApp::new();
    test.leaves_messages();
    let (root, ada) = (test.account("root", &[Role::Admin]).await, test.account("ada", &[Role::User]).await);
    let other = test.signs_in("ada").await;
    let program = test.makes_token(&ada, "program", false).await;
    test.enrols(&ada).await;
    assert!(test.knows(&ada).await && test.knows(&program).await && !test.knows(&other).await);
    test.proved(&root, "resetTOTP", &json!({"userId": ada.id})).await.expect(200);
    assert!(!test.knows(&ada).await && !test.knows(&program).await);

    let ada = test.signs_in("ada").await;
    let program = test.makes_token(&ada, "program", false).await;
    let staff = test.staff();
    let credentials = [("authorization", staff.as_str()), ("x-admin-api-key", ADMIN_KEY)];
    let reason = json!({"reason": "on leave", "by": "desk"});
    test.post(&format!("/users/{}/SuspendUser", ada.id), &credentials, &reason).await.expect(200);
    test.post(&format!("/users/{}/ReactivateUser", ada.id), &credentials, &reason).await.expect(200);
    assert!(!test.knows(&ada).await && !test.knows(&program).await, "what ended stays ended");
}
