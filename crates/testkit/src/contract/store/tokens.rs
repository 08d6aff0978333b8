//! What tells sessions apart: when they end, personal access tokens, second factors remembered with them.

use std::time::Duration;

use portcullis_domain::commit::{Guard, GuardKey, WorkChange};
use portcullis_domain::ids::UserId;
use portcullis_domain::session::{HeldTokens, RememberedFactor, Session, SessionKind, SignedIn, TokenHash};

use super::super::StoreHarness;
use crate::build::{NOON, a_commit, a_person, a_session, a_token, a_token_hash, a_user_id, about_token, millis};

async fn find(h: &dyn StoreHarness, token: &TokenHash) -> Option<SignedIn> {
    h.sessions().find(token).await.expect("the store answers")
}

async fn held(h: &dyn StoreHarness, user: UserId) -> HeldTokens {
    h.sessions().tokens_of(user).await.expect("the store answers")
}

async fn count(h: &dyn StoreHarness, user: UserId) -> u64 {
    h.totp().find(user).await.expect("the store answers").sessions
}

async fn account(h: &dyn StoreHarness, name: &str) -> UserId {
    a_person().email(&format!("{name}@example.com")).account(name, &[]).put(&*h.events()).await
}

/// A session that ends by itself is found and counted up to its last millisecond, and told with its end.
pub async fn a_session_is_found_until_it_ends_by_itself(h: &dyn StoreHarness) {
    let (events, ada, token) = (h.events(), account(h, "ada").await, a_token_hash());
    let end = NOON.plus(Duration::from_hours(1));
    let session = Session { token, user: ada, started_at: NOON, expires_at: Some(end), kind: SessionKind::SignIn };
    a_commit().work(WorkChange::SessionStarted(session)).put(&*events).await;
    let other = a_session(&*events, ada, 0).await;
    h.clock().set(end.minus(Duration::from_millis(1)));
    assert_eq!(find(h, &token).await.expect("it has not ended").expires_at, Some(end));
    assert_eq!(count(h, ada).await, 2);
    for later in [end, end.plus(Duration::from_hours(1))] {
        h.clock().set(later);
        assert_eq!(find(h, &token).await, None);
        assert_eq!(count(h, ada).await, 1);
    }
    assert_eq!(find(h, &other).await.expect("without an end").expires_at, None);
}

/// A token comes back with its name, what is shown of it, and what it can.
pub async fn a_token_says_what_it_can(h: &dyn StoreHarness) {
    let ada = account(h, "ada").await;
    for (name, bypass_two_factor) in [("nightly backup", true), ("'; DROP TABLE ü🔑", false)] {
        let mut about = about_token(name);
        about.bypass_two_factor = bypass_two_factor;
        let (token, kind) = (a_token_hash(), SessionKind::PersonalAccessToken(about));
        let session = Session { token, user: ada, started_at: NOON, expires_at: None, kind: kind.clone() };
        a_commit().work(WorkChange::SessionStarted(session)).put(&*h.events()).await;
        let found = find(h, &token).await.expect("a token is a session");
        assert_eq!((found.user, found.kind, found.expires_at), (ada, kind, None));
    }
    assert_eq!(count(h, ada).await, 2, "tokens count as sessions");
}

/// The end of sign-ins leaves tokens alone; the end of all sessions does not.
pub async fn sign_ins_end_and_tokens_stay(h: &dyn StoreHarness) {
    let (events, ada, bob) = (h.events(), account(h, "ada").await, account(h, "bob").await);
    let (kept, gone) = (a_session(&*events, ada, 0).await, a_session(&*events, ada, 0).await);
    let token = a_token(&*events, ada, 0, "program", NOON).await;
    let others = [a_session(&*events, bob, 0).await, a_token(&*events, bob, 0, "program", NOON).await];
    a_commit().work(WorkChange::SignInSessionsEnded { user: ada, except: Some(kept) }).put(&*events).await;
    assert!(find(h, &kept).await.is_some() && find(h, &token).await.is_some());
    assert_eq!(find(h, &gone).await, None);
    a_commit().work(WorkChange::SignInSessionsEnded { user: ada, except: Some(token) }).put(&*events).await;
    assert_eq!(find(h, &kept).await, None);
    assert!(find(h, &token).await.is_some());
    let again = a_session(&*events, ada, 0).await;
    a_commit().work(WorkChange::SignInSessionsEnded { user: ada, except: None }).put(&*events).await;
    assert_eq!(find(h, &again).await, None);
    assert!(find(h, &token).await.is_some());
    a_commit().work(WorkChange::SessionsEnded { user: ada }).put(&*events).await;
    assert_eq!((find(h, &token).await, count(h, ada).await), (None, 0));
    for other in others {
        assert!(find(h, &other).await.is_some(), "somebody else's stay");
    }
}

/// A person's tokens, and nobody else's or sessions, come oldest first and with the epoch; one that ended is gone.
pub async fn tokens_are_listed_oldest_first(h: &dyn StoreHarness) {
    let (events, ada, bob) = (h.events(), account(h, "ada").await, account(h, "bob").await);
    let nobody = a_user_id();
    assert_eq!(held(h, nobody).await, HeldTokens { user: nobody, epoch: 0, tokens: Vec::new() });
    a_commit().guard(Guard::raise(GuardKey::CredentialEpoch(ada), 0)).put(&*events).await;
    let second = a_token(&*events, ada, 1, "second", millis(20)).await;
    let first = a_token(&*events, ada, 1, "first", millis(10)).await;
    let third = a_token(&*events, ada, 1, "third", millis(30)).await;
    a_session(&*events, ada, 1).await;
    a_token(&*events, bob, 0, "first", millis(10)).await;
    let found = held(h, ada).await;
    assert_eq!((found.user, found.epoch), (ada, 1));
    let listed: Vec<_> = found.tokens.iter().map(|held| (held.token, held.created_at, held.about.clone())).collect();
    let expected = [(first, 10, "first"), (second, 20, "second"), (third, 30, "third")]
        .map(|(token, at, name)| (token, millis(at), about_token(name)));
    assert_eq!(listed, expected);
    a_commit().work(WorkChange::SessionEnded(second)).put(&*events).await;
    let left: Vec<_> = held(h, ada).await.tokens.iter().map(|held| held.token).collect();
    assert_eq!(left, [first, third]);
}

/// A second factor proved with a session is told with it, the later one alone; with a session that is gone nothing
/// happens.
pub async fn a_factor_is_remembered_with_its_session(h: &dyn StoreHarness) {
    let (events, ada) = (h.events(), account(h, "ada").await);
    let (token, other) = (a_session(&*events, ada, 0).await, a_token(&*events, ada, 0, "program", NOON).await);
    assert_eq!(find(h, &token).await.expect("it stands").remembered, None);
    for (number, fingerprint) in [(1, [0; 32]), (2, [255; 32])] {
        let remembered = RememberedFactor { until: millis(number), fingerprint };
        a_commit().work(WorkChange::FactorRemembered { token, remembered }).put(&*events).await;
        assert_eq!(find(h, &token).await.expect("it stands").remembered, Some(remembered));
    }
    assert_eq!(find(h, &other).await.expect("it stands").remembered, None);
    let remembered = RememberedFactor { until: NOON, fingerprint: [7; 32] };
    a_commit().work(WorkChange::FactorRemembered { token: other, remembered }).put(&*events).await;
    let found = find(h, &other).await.expect("it stands");
    assert_eq!(
        (found.remembered, found.kind),
        (Some(remembered), SessionKind::PersonalAccessToken(about_token("program")))
    );
    a_commit().work(WorkChange::SessionEnded(token)).put(&*events).await;
    a_commit().work(WorkChange::FactorRemembered { token, remembered }).put(&*events).await;
    assert_eq!((find(h, &token).await, count(h, ada).await), (None, 1));
}

/// What was proved with a person's sessions and tokens is forgotten at once, also what the same commit remembers; the
/// sessions stay, and so does what others proved.
pub async fn factors_are_forgotten_of_one_person(h: &dyn StoreHarness) {
    let (events, ada, bob) = (h.events(), account(h, "ada").await, account(h, "bob").await);
    let remembered = RememberedFactor { until: NOON, fingerprint: [7; 32] };
    let (session, token) = (a_session(&*events, ada, 0).await, a_token(&*events, ada, 0, "program", NOON).await);
    let (fresh, of_bob) = (a_session(&*events, ada, 0).await, a_session(&*events, bob, 0).await);
    for token in [session, token, of_bob] {
        a_commit().work(WorkChange::FactorRemembered { token, remembered }).put(&*events).await;
    }
    a_commit()
        .work(WorkChange::FactorRemembered { token: fresh, remembered })
        .work(WorkChange::FactorsForgotten { user: ada })
        .put(&*events)
        .await;
    for (token, expected) in [(session, None), (token, None), (fresh, None), (of_bob, Some(remembered))] {
        assert_eq!(find(h, &token).await.expect("it stands").remembered, expected);
    }
    a_commit().work(WorkChange::FactorRemembered { token: session, remembered }).put(&*events).await;
    assert_eq!(find(h, &session).await.expect("it stands").remembered, Some(remembered));
}

/// Sessions that come and go within one commit: what comes last counts.
pub async fn changes_within_a_commit_leave_the_last_of_a_session(h: &dyn StoreHarness) {
    let (events, ada) = (h.events(), account(h, "ada").await);
    let before = a_session(&*events, ada, 0).await;
    let program = a_token(&*events, ada, 0, "program", NOON).await;
    let [first, second, third] = [(); 3].map(|()| a_token_hash());
    let start = |token, kind| {
        WorkChange::SessionStarted(Session { token, user: ada, started_at: NOON, expires_at: None, kind })
    };
    let personal = || SessionKind::PersonalAccessToken(about_token("second"));
    let remembered = RememberedFactor { until: NOON, fingerprint: [7; 32] };
    let remember = |token| WorkChange::FactorRemembered { token, remembered };

    // The sign-ins end but for one that has just begun; what is put or remembered around it stays.
    a_commit()
        .work(remember(before))
        .work(remember(program))
        .work(start(first, SessionKind::SignIn))
        .work(start(second, personal()))
        .work(remember(first))
        .work(WorkChange::SignInSessionsEnded { user: ada, except: Some(first) })
        .work(start(third, SessionKind::SignIn))
        .put(&*events)
        .await;
    assert_eq!(find(h, &before).await, None);
    for (token, expected) in [(first, Some(remembered)), (second, None), (third, None), (program, Some(remembered))] {
        assert_eq!(find(h, &token).await.expect("it stands").remembered, expected);
    }

    // All end, whatever was said of them before; one begins afterwards.
    let last = a_token_hash();
    a_commit()
        .work(remember(second))
        .work(WorkChange::SignInSessionsEnded { user: ada, except: Some(first) })
        .work(WorkChange::SessionsEnded { user: ada })
        .work(start(last, personal()))
        .work(WorkChange::SignInSessionsEnded { user: ada, except: None })
        .put(&*events)
        .await;
    for token in [first, second, third, program] {
        assert_eq!(find(h, &token).await, None);
    }
    assert_eq!((find(h, &last).await.map(|found| found.kind), count(h, ada).await), (Some(personal()), 1));
}
