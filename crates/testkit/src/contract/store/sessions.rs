//! Who is signed in: `Sessions`.

use std::collections::BTreeSet;

use portcullis_domain::commit::{Guard, GuardKey, WorkChange};
use portcullis_domain::policy::Permission;
use portcullis_domain::session::{SessionKind, SignedIn, TokenHash};
use portcullis_domain::user::{Role, UserStatus};

use super::super::StoreHarness;
use crate::build::{a_commit, a_person, a_session, user_name};

async fn find(h: &dyn StoreHarness, token: &TokenHash) -> Option<SignedIn> {
    h.sessions().find(token).await.expect("the store answers")
}

/// A session says whose it is and what its bearer may do.
pub async fn a_session_says_whose_it_is(h: &dyn StoreHarness) {
    let events = h.events();
    for (name, status) in [("Ada", UserStatus::Active), ("Bob", UserStatus::Suspended)] {
        let person = a_person().status(status).email(&format!("{name}@example.com"));
        let user = person.account(name, &[Role::Admin, Role::Bot]).put(&*events).await;
        let token = a_session(&*events, user, 0).await;
        let roles = BTreeSet::from([Role::Admin, Role::Bot]);
        let expected = SignedIn {
            user,
            token,
            status,
            username: user_name(name),
            permissions: Permission::ALL.iter().copied().collect(),
            roles,
            kind: SessionKind::SignIn,
            expires_at: None,
            remembered: None,
            epoch: 0,
        };
        assert_eq!(find(h, &token).await, Some(expected));
    }
    assert_eq!(find(h, &TokenHash::new([1; 32])).await, None);
}

/// A session is told with the epoch of its person as it is now, whoever begins or ends another.
pub async fn a_session_is_told_with_the_epoch(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().email("a@example.com").account("ada", &[]).put(&*events).await;
    let bob = a_person().email("b@example.com").account("bob", &[]).put(&*events).await;
    let (first, bobs) = (a_session(&*events, ada, 0).await, a_session(&*events, bob, 0).await);
    for epoch in 0..3 {
        let second = a_session(&*events, ada, epoch).await;
        for token in [first, second] {
            assert_eq!(find(h, &token).await.expect("it stands").epoch, epoch);
        }
        assert_eq!(find(h, &bobs).await.expect("it stands").epoch, 0);
        a_commit().guard(Guard::raise(GuardKey::CredentialEpoch(ada), epoch)).put(&*events).await;
    }
}

/// A session that ended is gone; the person's others and those of others stay. Ending it again does nothing.
pub async fn an_ended_session_is_gone(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().email("a@example.com").account("ada", &[]).put(&*events).await;
    let bob = a_person().email("b@example.com").account("bob", &[]).put(&*events).await;
    let (first, second) = (a_session(&*events, ada, 0).await, a_session(&*events, ada, 0).await);
    let third = a_session(&*events, bob, 0).await;
    for _ in 0..2 {
        a_commit().work(WorkChange::SessionEnded(first)).put(&*events).await;
        assert_eq!(find(h, &first).await, None);
        assert!(find(h, &second).await.is_some() && find(h, &third).await.is_some());
        assert_eq!(h.totp().find(ada).await.expect("the store answers").sessions, 1);
    }
}

/// All sessions of a person end at once.
pub async fn all_sessions_of_a_person_end(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().email("a@example.com").account("ada", &[]).put(&*events).await;
    let bob = a_person().email("b@example.com").account("bob", &[]).put(&*events).await;
    let own = [a_session(&*events, ada, 0).await, a_session(&*events, ada, 0).await];
    let other = a_session(&*events, bob, 0).await;
    a_commit().work(WorkChange::SessionsEnded { user: ada }).put(&*events).await;
    for token in own {
        assert_eq!(find(h, &token).await, None);
    }
    assert!(find(h, &other).await.is_some());
    assert_eq!(h.totp().find(ada).await.expect("the store answers").sessions, 0);
}

/// All but one end; sparing somebody else's spares none.
pub async fn all_sessions_but_one_end(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().email("a@example.com").account("ada", &[]).put(&*events).await;
    let bob = a_person().email("b@example.com").account("bob", &[]).put(&*events).await;
    let (kept, gone) = (a_session(&*events, ada, 0).await, a_session(&*events, ada, 0).await);
    let other = a_session(&*events, bob, 0).await;
    a_commit().work(WorkChange::SignInSessionsEnded { user: ada, except: Some(kept) }).put(&*events).await;
    assert!(find(h, &kept).await.is_some() && find(h, &other).await.is_some());
    assert_eq!(find(h, &gone).await, None);
    a_commit().work(WorkChange::SignInSessionsEnded { user: ada, except: Some(other) }).put(&*events).await;
    assert_eq!(find(h, &kept).await, None);
    assert!(find(h, &other).await.is_some());
}
