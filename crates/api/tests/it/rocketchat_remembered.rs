//! When no second factor is asked for: proved a while ago, a token made to pass, an account just made.

use std::time::Duration;

use portcullis_domain::commit::{Guard, GuardKey, WorkChange};
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{EventStore, TotpStore};
use portcullis_domain::session::{PersonalAccessToken, Session, SessionKind, TokenHash, TokenName};
use portcullis_domain::user::Role;
use portcullis_testkit::build::{NOON, a_commit};
use serde_json::json;

use crate::support::{Account, Answer, TestApp};

/// Changes nothing, but only for whoever is let through: the person is nobody.
async fn update(test: &TestApp, who: &Account, headers: &[(&str, &str)]) -> Answer {
    let body = json!({"userId": "nobody", "data": {"username": "x", "password": "y"}});
    test.as_rc(who, "users.update", headers, &body).await
}

async fn reset(test: &TestApp, who: &Account, headers: &[(&str, &str)]) -> Answer {
    test.as_rc(who, "users.resetTOTP", headers, &json!({"userId": "nobody"})).await
}

fn error(answer: &Answer) -> &str {
    answer.body["errorType"].as_str().unwrap_or_default()
}

const PASSED: &str = "error-invalid-user";
const ASKED: &str = "totp-required";

/// Gives somebody a personal access token.
async fn personal(test: &TestApp, who: &Account, bypass_two_factor: bool) -> Account {
    let (user, token) = (UserId::parse(&who.id).unwrap(), format!("personal-{bypass_two_factor}"));
    let factor = TotpStore::find(test.store.as_ref(), user).await.unwrap();
    let session = Session {
        token: TokenHash::new(test.app.ports.hasher.digest(token.as_bytes())),
        user,
        started_at: NOON,
        expires_at: None,
        kind: SessionKind::PersonalAccessToken(PersonalAccessToken {
            name: TokenName::parse(&token[..]).unwrap(),
            last_part: PersonalAccessToken::last_part_of(&token),
            bypass_two_factor,
        }),
    };
    a_commit()
        .guard(Guard::still(GuardKey::CredentialEpoch(user), factor.epoch))
        .work(WorkChange::SessionStarted(session))
        .put(test.store.as_ref() as &dyn EventStore)
        .await;
    Account { token, ..who.clone() }
}

#[tokio::test]
async fn a_proof_is_remembered_for_half_an_hour_and_one_client() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let phone = test.enrols(&root).await;
    let agent = ("user-agent", "desk/1.0");
    // Not one given where each call needs its own.
    assert_eq!(error(&reset(&test, &root, &[agent, ("x-2fa-code", &phone.backup[0])]).await), PASSED);
    assert_eq!(error(&update(&test, &root, &[agent]).await), ASKED);

    assert_eq!(error(&update(&test, &root, &[agent, ("x-2fa-code", &phone.backup[1])]).await), PASSED);
    assert_eq!(error(&update(&test, &root, &[agent]).await), PASSED);
    assert_eq!(error(&reset(&test, &root, &[agent]).await), ASKED);
    assert_eq!(error(&update(&test, &root, &[("user-agent", "desk/1.1")]).await), ASKED);
    let again =
        test.rc("login", &[], &json!({"user": "root", "password": "root", "code": phone.backup[2]})).await.expect(200);
    let other = Account { token: again.body["data"]["authToken"].as_str().unwrap().to_owned(), ..root.clone() };
    assert_eq!(error(&update(&test, &other, &[agent]).await), ASKED);
    test.clock.advance(Duration::from_secs(1799));
    // A wrong code beside it is not looked at.
    assert_eq!(error(&update(&test, &root, &[agent, ("x-2fa-code", "wrong")]).await), PASSED);
    test.clock.advance(Duration::from_secs(1));
    assert_eq!(error(&update(&test, &root, &[agent]).await), ASKED);
}

#[tokio::test]
async fn another_address_is_another_client() {
    let test = TestApp::with(|settings| settings.trusted_proxy_hops = 1);
    let root = test.account("root", &[Role::Admin]).await;
    let phone = test.enrols(&root).await;
    let (here, there) = (("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "192.0.2.2"));
    assert_eq!(error(&update(&test, &root, &[here, ("x-2fa-code", &phone.backup[1])]).await), PASSED);
    assert_eq!(error(&update(&test, &root, &[here]).await), PASSED);
    assert_eq!(error(&update(&test, &root, &[there]).await), ASKED);
}

#[tokio::test]
async fn a_token_made_to_pass_passes_everywhere() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    test.enrols(&root).await;
    let (passing, plain) = (personal(&test, &root, true).await, personal(&test, &root, false).await);
    for answer in [update(&test, &passing, &[]).await, reset(&test, &passing, &[("x-2fa-code", "wrong")]).await] {
        assert_eq!(error(&answer), PASSED);
    }
    test.as_rc(&passing, "users.2fa.disableEmail", &[], &json!({})).await.expect(200);
    for answer in [update(&test, &plain, &[]).await, reset(&test, &plain, &[]).await] {
        assert_eq!(error(&answer), ASKED);
    }
}

#[tokio::test]
async fn an_account_just_made_is_not_asked_but_for_a_reset() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    assert_eq!(error(&update(&test, &root, &[]).await), PASSED);
    assert_eq!(error(&reset(&test, &root, &[]).await), ASKED);
    test.clock.advance(Duration::from_mins(30));
    assert_eq!(error(&update(&test, &root, &[]).await), ASKED);
}

#[tokio::test]
async fn with_the_setting_off_everybody_passes() {
    let test = TestApp::with(|settings| settings.two_factor.enabled = false);
    let root = test.account("root", &[Role::Admin]).await;
    test.enrols(&root).await;
    assert_eq!(error(&update(&test, &root, &[("x-2fa-code", "wrong"), ("x-2fa-method", "email")]).await), PASSED);
    test.signs_in("root").await;
}
