//! What is asked for by many at once: sessions, and the records of whoever is signed in.

use portcullis_domain::commit::{PrivateChange, WorkChange};
use portcullis_domain::ids::UserId;
use portcullis_domain::session::TokenHash;
use portcullis_domain::totp::{Totp, TotpSecret};
use portcullis_domain::user::{OwnRecord, Profile};
use tokio::task::JoinSet;

use super::super::StoreHarness;
use crate::build::{a_commit, a_person, a_session, a_user_id};

async fn own_record(h: &dyn StoreHarness, user: UserId) -> Option<OwnRecord> {
    h.users().own_record(user).await.expect("the store answers")
}

/// An own record is the person, and by what it can prove who it is.
pub async fn an_own_record_says_how_one_proves_who_one_is(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().email("ada@example.com").account("ada", &[]).put(&*events).await;
    let person = h.users().find(ada).await.expect("the store answers").expect("known");
    let own = OwnRecord { person, has_password: true, has_totp: false, has_email_factor: false };
    assert_eq!(own_record(h, ada).await, Some(own.clone()));

    let pending = Totp { pending: Some(TotpSecret::new("ABC")), ..Totp::empty(ada) };
    a_commit().private(PrivateChange::Totp(pending)).put(&*events).await;
    assert_eq!(own_record(h, ada).await, Some(own.clone()));
    let live = Totp { secret: Some(TotpSecret::new("ABC")), ..Totp::empty(ada) };
    a_commit().private(PrivateChange::Totp(live)).put(&*events).await;
    assert_eq!(own_record(h, ada).await, Some(OwnRecord { has_totp: true, ..own.clone() }));
    a_commit().private(PrivateChange::EmailFactor { user: ada, enabled: true }).put(&*events).await;
    assert_eq!(own_record(h, ada).await, Some(OwnRecord { has_totp: true, has_email_factor: true, ..own.clone() }));
    // Codes go to a confirmed address alone.
    let profile = own.person.profile;
    for (address, verified) in [(profile.email.clone(), false), (None, true), (profile.email.clone(), true)] {
        let effective = verified && address.is_some();
        let changed = Profile { email: address, email_verified: verified, ..profile.clone() };
        a_commit().private(PrivateChange::Profile(changed)).put(&*events).await;
        assert_eq!(own_record(h, ada).await.expect("known").has_email_factor, effective);
    }

    let bob = a_person().put(&*events).await;
    let without = own_record(h, bob).await.expect("known");
    assert!(!without.has_password && !without.has_totp && without.person.account.is_none());
    assert_eq!(own_record(h, a_user_id()).await, None);
}

/// Each of many who ask at once gets its own answer, also when some ask for the same, or for what is not there.
pub async fn each_of_many_gets_its_own_answer(h: &dyn StoreHarness) {
    let events = h.events();
    let mut sessions = Vec::new();
    for number in 0..10 {
        let name = format!("ada{number}");
        let user = a_person().email(&format!("{name}@example.com")).account(&name, &[]).put(&*events).await;
        sessions.push((user, a_session(&*events, user, 0).await));
    }
    let mut callers = JoinSet::new();
    for number in 0..300 {
        let (stored, people, (user, token)) = (h.sessions(), h.users(), sessions[number % sessions.len()]);
        callers.spawn(async move {
            if number % 7 == 0 {
                assert_eq!(stored.find(&TokenHash::new([1; 32])).await.expect("the store answers"), None);
            }
            let found = stored.find(&token).await.expect("the store answers").expect("a session");
            assert_eq!((found.user, found.token), (user, token));
            let own = people.own_record(user).await.expect("the store answers").expect("known");
            assert_eq!(own.person.id, user);
        });
    }
    callers.join_all().await;
}

/// However many ask meanwhile, whoever asks after a session was ended does not find it.
pub async fn no_answer_is_older_than_its_question(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().email("ada@example.com").account("ada", &[]).put(&*events).await;
    for _ in 0..20 {
        let token = a_session(&*events, ada, 0).await;
        let mut asking = JoinSet::new();
        for _ in 0..50 {
            let stored = h.sessions();
            asking.spawn(async move { stored.find(&token).await });
        }
        a_commit().work(WorkChange::SessionEnded(token)).put(&*events).await;
        assert_eq!(h.sessions().find(&token).await.expect("the store answers"), None);
        assert!(asking.join_all().await.iter().all(Result::is_ok));
    }
}
