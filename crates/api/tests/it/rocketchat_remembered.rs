//! When no second factor is asked for: proved a while ago, a token made to pass, an account just made.

use std::time::Duration;

use portcullis_domain::commit::{Guard, GuardKey, WorkChange};
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{EventStore, TotpStore};
use portcullis_domain::session::{PersonalAccessToken, Session, SessionKind, TokenHash, TokenName};
use portcullis_domain::user::Role;
use portcullis_testkit::build::{NOON, a_commit};
use serde_json::json;

use crate::support::{Account, Answer, PASSED, TestApp};

/// Changes nothing, but only for whoever is let through: the person is nobody.
async fn update(test: &TestApp, who: &Account, headers: &[(&str, &str)]) -> Answer {
    let body = json!({"userId": "nobody", "data": {"username": "x", "password": "y"}});
    test.as_rc(who, "users.update", headers, &body).await
}

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
    assert_eq!(test.asks(&root, &[agent, ("x-2fa-code", &phone.backup[0])]).await.code(), PASSED);
    assert_eq!(update(&test, &root, &[agent]).await.code(), ASKED);

    assert_eq!(update(&test, &root, &[agent, ("x-2fa-code", &phone.backup[1])]).await.code(), PASSED);
    assert_eq!(update(&test, &root, &[agent]).await.code(), PASSED);
    assert_eq!(test.asks(&root, &[agent]).await.code(), ASKED);
    assert_eq!(update(&test, &root, &[("user-agent", "desk/1.1")]).await.code(), ASKED);
    let again =
        test.rc("login", &[], &json!({"user": "root", "password": "root", "code": phone.backup[2]})).await.expect(200);
    let other = Account { token: again.body["data"]["authToken"].as_str().unwrap().to_owned(), ..root.clone() };
    assert_eq!(update(&test, &other, &[agent]).await.code(), ASKED);
    test.clock.advance(Duration::from_secs(1799));
    // A wrong code beside it is not looked at.
    assert_eq!(update(&test, &root, &[agent, ("x-2fa-code", "wrong")]).await.code(), PASSED);
    test.clock.advance(Duration::from_secs(1));
    assert_eq!(update(&test, &root, &[agent]).await.code(), ASKED);
}

#[tokio::test]
async fn another_address_is_another_client() {
    let test = TestApp::with(|settings| settings.trusted_proxy_hops = 1);
    let root = test.account("root", &[Role::Admin]).await;
    let phone = test.enrols(&root).await;
    let (here, there) = (("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "192.0.2.2"));
    assert_eq!(update(&test, &root, &[here, ("x-2fa-code", &phone.backup[1])]).await.code(), PASSED);
    assert_eq!(update(&test, &root, &[here]).await.code(), PASSED);
    assert_eq!(update(&test, &root, &[there]).await.code(), ASKED);
}

#[tokio::test]
async fn a_token_made_to_pass_passes_everywhere() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    test.enrols(&root).await;
    let (passing, plain) = (personal(&test, &root, true).await, personal(&test, &root, false).await);
    for answer in [update(&test, &passing, &[]).await, test.asks(&passing, &[("x-2fa-code", "wrong")]).await] {
        assert_eq!(answer.code(), PASSED);
    }
    test.as_rc(&passing, "users.2fa.disableEmail", &[], &json!({})).await.expect(200);
    for answer in [update(&test, &plain, &[]).await, test.asks(&plain, &[]).await] {
        assert_eq!(answer.code(), ASKED);
    }
}

#[tokio::test]
async fn an_account_just_made_is_not_asked_but_for_a_reset() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    assert_eq!(update(&test, &root, &[]).await.code(), PASSED);
    assert_eq!(test.asks(&root, &[]).await.code(), ASKED);
    test.clock.advance(Duration::from_mins(30));
    assert_eq!(update(&test, &root, &[]).await.code(), ASKED);
}

#[tokio::test]
async fn with_the_setting_off_everybody_passes() {
    let test = TestApp::with(|settings| settings.two_factor.enabled = false);
    let root = test.account("root", &[Role::Admin]).await;
    test.enrols(&root).await;
    assert_eq!(update(&test, &root, &[("x-2fa-code", "wrong"), ("x-2fa-method", "email")]).await.code(), PASSED);
    test.signs_in("root").await;
}
