//! The rules of sessions and personal access tokens.

use std::time::Duration;

use portcullis_domain::commit::{Effects, Guard, GuardKey, WorkChange};
use portcullis_domain::session::{
    HeldToken, HeldTokens, MOST_TOKENS, PersonalAccessToken, PersonalAccessTokenCreated,
    PersonalAccessTokenRegenerated, PersonalAccessTokenRemoved, Session, SessionKind, TokenHash, TokenName,
    TokenRefusal, UserLoggedOut, create_token, log_out, regenerate_token, remove_token,
};
use portcullis_testkit::build::{NOON, a_user_id};

fn name(text: &str) -> TokenName {
    TokenName::parse(text).unwrap()
}

fn about(text: &str) -> PersonalAccessToken {
    PersonalAccessToken { name: name(text), last_part: "abc123".to_owned(), bypass_two_factor: true }
}

fn holding(names: &[&str]) -> HeldTokens {
    let held = |(number, text): (u8, &&str)| HeldToken {
        token: TokenHash::new([number; 32]),
        created_at: NOON,
        about: about(text),
    };
    HeldTokens { user: a_user_id(), epoch: 4, tokens: (0..).zip(names).map(held).collect() }
}

#[test]
fn a_name_is_one_to_128_characters_without_control_characters() {
    for text in ["x", " ", "nightly backup", "ü🔑", &"x".repeat(128), &"ü".repeat(128)] {
        assert_eq!(TokenName::parse(text).unwrap().as_str(), text, "kept as sent");
    }
    for text in ["", "a\nb", "\u{0}", "a\u{7f}", &"x".repeat(129)] {
        TokenName::parse(text).unwrap_err();
    }
    assert_eq!(format!("{:?}", name("my bank")), "TokenName(…)", "it does not show in logs");
    assert_ne!(name("Backup"), name("backup"));
}

#[test]
fn six_characters_of_a_token_are_shown() {
    for (token, shown) in
        [("RScctEHSmLGZGywfIhWyRpyofhKOiMoUIpimhvheU3f", "vheU3f"), ("123456", "123456"), ("é1", "é1")]
    {
        assert_eq!(PersonalAccessToken::last_part_of(token), shown);
    }
}

#[test]
fn a_new_token_has_no_end_and_does_not_survive_a_reset() {
    let held = holding(&["other"]);
    let token = TokenHash::new([9; 32]);
    let kind = SessionKind::PersonalAccessToken(about("new"));
    let session = Session { token, user: held.user, started_at: NOON, expires_at: None, kind };
    let expected = Effects {
        events: vec![PersonalAccessTokenCreated { user_id: held.user, bypass_two_factor: true }.into()],
        work: vec![WorkChange::SessionStarted(session)],
        guards: vec![Guard::still(GuardKey::CredentialEpoch(held.user), 4)],
        ..Effects::default()
    };
    assert_eq!(create_token(&held, token, about("new"), NOON), Ok(expected));
}

#[test]
fn a_name_is_given_once_and_there_is_a_limit() {
    let token = TokenHash::new([9; 32]);
    assert_eq!(create_token(&holding(&["new"]), token, about("new"), NOON), Err(TokenRefusal::NameTaken));
    let names: Vec<_> = (0..MOST_TOKENS).map(|number| number.to_string()).collect();
    let mut names: Vec<_> = names.iter().map(String::as_str).collect();
    assert_eq!(create_token(&holding(&names), token, about("new"), NOON), Err(TokenRefusal::TooMany));
    assert_eq!(create_token(&holding(&names), token, about("7"), NOON), Err(TokenRefusal::NameTaken));
    names.pop();
    create_token(&holding(&names), token, about("new"), NOON).unwrap();
    assert!(TokenRefusal::TooMany.to_string().contains(&MOST_TOKENS.to_string()));
}

#[test]
fn a_token_is_replaced_by_one_that_can_do_the_same() {
    let held = holding(&["other", "mine"]);
    let (token, later) = (TokenHash::new([9; 32]), NOON.plus(Duration::from_secs(5)));
    let kind =
        SessionKind::PersonalAccessToken(PersonalAccessToken { last_part: "zzz999".to_owned(), ..about("mine") });
    let session = Session { token, user: held.user, started_at: later, expires_at: None, kind };
    let expected = Effects {
        events: vec![PersonalAccessTokenRegenerated { user_id: held.user, bypass_two_factor: true }.into()],
        work: vec![WorkChange::SessionEnded(TokenHash::new([1; 32])), WorkChange::SessionStarted(session)],
        guards: vec![Guard::raise(GuardKey::CredentialEpoch(held.user), 4)],
        ..Effects::default()
    };
    assert_eq!(regenerate_token(&held, &name("mine"), token, "zzz999", later), Ok(expected));
    assert_eq!(regenerate_token(&held, &name("Mine"), token, "zzz999", later), Err(TokenRefusal::Unknown));
}

#[test]
fn a_token_is_removed_by_name() {
    let held = holding(&["other", "mine"]);
    let expected = Effects {
        events: vec![PersonalAccessTokenRemoved { user_id: held.user }.into()],
        work: vec![WorkChange::SessionEnded(TokenHash::new([1; 32]))],
        guards: vec![Guard::raise(GuardKey::CredentialEpoch(held.user), 4)],
        ..Effects::default()
    };
    assert_eq!(remove_token(&held, &name("mine")), Ok(expected));
    assert_eq!(remove_token(&held, &name("none")), Err(TokenRefusal::Unknown));
}

#[test]
fn signing_somebody_out_is_recorded_when_another_does_it() {
    let user = a_user_id();
    let own = Effects {
        work: vec![WorkChange::SignInSessionsEnded { user, except: None }],
        guards: vec![Guard::raise(GuardKey::CredentialEpoch(user), 3)],
        ..Effects::default()
    };
    let another = Effects { events: vec![UserLoggedOut { user_id: user }.into()], ..own.clone() };
    assert_eq!(log_out(user, true, 3), own);
    assert_eq!(log_out(user, false, 3), another);
}
