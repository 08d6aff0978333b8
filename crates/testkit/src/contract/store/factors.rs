//! Second factors: `TotpStore`.

use portcullis_domain::commit::{Guard, GuardKey, PrivateChange, WorkChange};
use portcullis_domain::ids::UserId;
use portcullis_domain::totp::{
    BackupCodes, EmailCode, EmailCodes, EmailFactor, FactorFilter, FactorSummary, Failures, SecondFactor, Totp,
    TotpSecret, TotpState,
};
use portcullis_domain::user::Profile;

use super::super::StoreHarness;
use crate::build::{NOON, a_commit, a_person, a_session, a_totp, a_user_id, email, millis, user_name};
use crate::fake::FakeHasher;

async fn find(h: &dyn StoreHarness, user: UserId) -> SecondFactor {
    h.totp().find(user).await.expect("the store answers")
}

/// Nobody's second factor is empty.
pub async fn an_unknown_person_has_an_empty_factor(h: &dyn StoreHarness) {
    let user = a_user_id();
    a_commit().private(PrivateChange::Totp(a_totp(a_user_id()))).put(&*h.events()).await;
    assert_eq!(find(h, user).await, SecondFactor::empty(user));
}

/// Name, password, revision, epoch and number of sessions come along.
pub async fn a_factor_comes_with_the_account(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().email("ada@example.com").account("Ada", &[]).put(&*events).await;
    let bob = a_person().email("bob@example.com").account("Bob", &[]).put(&*events).await;
    a_commit()
        .guard(Guard { key: GuardKey::SecondFactor(ada), expected: 0, next: Some(7) })
        .guard(Guard { key: GuardKey::CredentialEpoch(ada), expected: 0, next: Some(3) })
        .put(&*events)
        .await;
    a_session(&*events, ada, 3).await;
    a_session(&*events, ada, 3).await;
    a_session(&*events, bob, 0).await;
    let factor = find(h, ada).await;
    assert_eq!((factor.username, factor.password), (Some(user_name("Ada")), Some(FakeHasher::password_hash("Ada"))));
    assert_eq!((factor.revision, factor.epoch, factor.sessions), (7, 3, 2));
    assert_eq!(factor.account_since, Some(NOON));
    assert_eq!(factor.totp, None);
}

/// A document comes back with every secret in it, whole or in parts, and the last one put counts.
pub async fn a_document_comes_back_whole(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, bob) = (a_user_id(), a_user_id());
    a_commit().private(PrivateChange::Totp(a_totp(bob))).put(&*events).await;
    let full = Totp {
        user: ada,
        secret: Some(TotpSecret::new("LIVE234567")),
        pending: Some(TotpSecret::new("PENDING234567")),
        backup: Some(BackupCodes { salt: vec![0, 255, 7], hashes: vec![[3; 32], [0; 32], [255; 32], [3; 32]] }),
        last_step: Some(59_841_870),
    };
    let documents = [
        Totp { pending: Some(TotpSecret::new("FIRST")), ..Totp::empty(ada) },
        full.clone(),
        Totp { pending: None, last_step: None, ..full.clone() },
        Totp { backup: Some(BackupCodes { salt: b"s".to_vec(), hashes: Vec::new() }), ..full.clone() },
        Totp { backup: None, last_step: Some(0), ..full },
        Totp::empty(ada),
    ];
    for document in documents {
        a_commit().private(PrivateChange::Totp(document.clone())).put(&*events).await;
        let found = find(h, ada).await.totp.expect("there is one");
        assert_eq!(found.secret.as_ref().map(TotpSecret::expose), document.secret.as_ref().map(TotpSecret::expose));
        assert_eq!(found, document, "an empty document is still one");
    }
    a_commit().private(PrivateChange::TotpGone(ada)).put(&*events).await;
    assert_eq!(find(h, ada).await.totp, None);
    assert_eq!(find(h, bob).await.totp, Some(a_totp(bob)), "somebody else's stays");
}

/// Failures come back with the beginning of their window.
pub async fn failures_come_back(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, bob) = (a_user_id(), a_user_id());
    let counts = [
        Failures { count: 1, since: Some(NOON) },
        Failures { count: 9, since: Some(millis(-1)) },
        Failures::default(),
        Failures { count: 10, since: Some(millis(1_795_256_100_001)) },
    ];
    for (revision, failures) in (0..).zip(counts) {
        let guard = Guard::raise(GuardKey::SecondFactor(ada), revision);
        a_commit().guard(guard).work(WorkChange::Failures { user: ada, failures }).put(&*events).await;
        let factor = find(h, ada).await;
        assert_eq!((factor.failures, factor.revision), (failures, revision + 1));
    }
    assert_eq!(find(h, bob).await.failures, Failures::default());
}

/// Whether codes by e-mail are wanted comes back, and the address only while it is confirmed.
pub async fn an_email_factor_follows_the_address(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().email("ada@example.com").put(&*events).await;
    let bob = a_person().email("bob@example.com").put(&*events).await;
    let address = || Some(email("ada@example.com"));
    assert_eq!(find(h, ada).await.email, EmailFactor { address: address(), ..EmailFactor::OFF });
    for enabled in [true, false, true] {
        a_commit().private(PrivateChange::EmailFactor { user: ada, enabled }).put(&*events).await;
        assert_eq!(find(h, ada).await.email, EmailFactor { enabled, address: address(), ..EmailFactor::OFF });
    }
    let confirmed = |verified, email| {
        let profile = Profile { email, email_verified: verified, ..Profile::empty(ada) };
        a_commit().private(PrivateChange::Profile(profile))
    };
    for (verified, email) in [(false, address()), (true, None), (false, None)] {
        confirmed(verified, email).put(&*events).await;
        assert_eq!(find(h, ada).await.email, EmailFactor { enabled: true, ..EmailFactor::OFF });
    }
    confirmed(true, address()).put(&*events).await;
    assert_eq!(find(h, ada).await.email.address, address());
    assert!(!find(h, bob).await.email.enabled, "somebody else's stays off");
}

/// The code mailed last comes back whole, and with or without one how many were mailed; the last row put counts.
pub async fn an_email_code_comes_back_whole(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, bob) = (a_user_id(), a_user_id());
    let code = EmailCode {
        hash: BackupCodes { salt: vec![0, 255, 7], hashes: vec![[9; 32]] },
        to: email("ada@example.com"),
        sent_at: NOON,
        expires_at: millis(1_795_259_700_001),
        failures: 4,
        resent: true,
    };
    let plain = EmailCode { failures: 0, resent: false, sent_at: millis(-1), ..code.clone() };
    for codes in [
        EmailCodes { live: Some(code.clone()), mails: 3, mails_since: Some(NOON) },
        EmailCodes { live: Some(plain), mails: 0, mails_since: None },
        EmailCodes { live: None, mails: 5, mails_since: Some(millis(-1)) },
        EmailCodes::default(),
        EmailCodes { live: Some(code), mails: 1, mails_since: None },
    ] {
        a_commit().private(PrivateChange::EmailCodes { user: ada, codes: codes.clone() }).put(&*events).await;
        assert_eq!(find(h, ada).await.email, EmailFactor { codes, ..EmailFactor::OFF });
    }
    assert_eq!(find(h, bob).await.email, EmailFactor::OFF);
}

async fn page(h: &dyn StoreHarness, filter: Option<FactorFilter>, after: Option<UserId>) -> Vec<FactorSummary> {
    h.totp().page(filter, after, 100).await.expect("the store answers")
}

fn users(page: &[FactorSummary]) -> Vec<UserId> {
    page.iter().map(|summary| summary.user).collect()
}

/// An enrolment that was begun.
fn begun(user: UserId) -> Totp {
    Totp { pending: Some(TotpSecret::new("PENDING234567")), ..Totp::empty(user) }
}

/// People with accounts are listed in the order of their ids, each with what there is; people without are not.
pub async fn people_are_listed_with_their_factors(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().account("Ada", &[]).put(&*events).await;
    let bob = a_person().email("bob@example.com").account("bob", &[]).put(&*events).await;
    a_person().email("nobody@example.com").put(&*events).await;
    let used = Totp { last_step: Some(59_841_870), ..a_totp(bob) };
    a_commit().private(PrivateChange::Totp(used)).at(millis(1_000)).put(&*events).await;
    for user in [ada, bob] {
        a_commit().private(PrivateChange::EmailFactor { user, enabled: true }).at(millis(2_000)).put(&*events).await;
    }
    let of_ada = FactorSummary {
        user: ada,
        username: user_name("Ada"),
        totp: TotpState::None,
        totp_since: None,
        totp_last_used: None,
        backup_codes: 0,
        email: true,
        email_since: Some(millis(2_000)),
        address_verified: false,
    };
    assert!(!of_ada.email_is_effective());
    let of_bob = FactorSummary {
        user: bob,
        username: user_name("bob"),
        totp: TotpState::InUse,
        totp_since: Some(millis(1_000)),
        totp_last_used: Some(millis(59_841_870 * 30_000)),
        backup_codes: 2,
        email: true,
        email_since: Some(millis(2_000)),
        address_verified: true,
    };
    assert!(of_bob.email_is_effective());
    assert_eq!(of_bob.states().collect::<Vec<_>>(), [FactorFilter::Totp, FactorFilter::Email]);
    let mut expected = [of_ada, of_bob];
    expected.sort_by_key(|summary| summary.user);
    assert_eq!(page(h, None, None).await, expected);
}

/// Each state has its own list, paged by id.
pub async fn people_are_listed_by_state(h: &dyn StoreHarness) {
    let events = h.events();
    let mut of_state = [const { Vec::new() }; FactorFilter::ALL.len()];
    let by_email = |user, enabled| a_commit().private(PrivateChange::EmailFactor { user, enabled });
    for number in 0..16 {
        let user = a_person().account(&format!("ada{number}"), &[]).put(&*events).await;
        of_state[number % 4].push(user);
        match number % 4 {
            1 => a_commit().private(PrivateChange::Totp(begun(user))).put(&*events).await,
            2 => a_commit().private(PrivateChange::Totp(a_totp(user))).put(&*events).await,
            3 => by_email(user, true).put(&*events).await,
            _ => {}
        }
    }
    // Who has both is listed twice, and who switched codes by e-mail off again has nothing.
    for both in [of_state[1][0], of_state[2][0]] {
        by_email(both, true).put(&*events).await;
        of_state[3].push(both);
    }
    let off = of_state[3].remove(0);
    by_email(off, false).put(&*events).await;
    of_state[0].push(off);
    // One who had TOTP has none, and one who is no account's is nobody here.
    let back = of_state[2].remove(1);
    a_commit().private(PrivateChange::TotpGone(back)).put(&*events).await;
    of_state[0].push(back);
    a_commit().private(PrivateChange::Totp(a_totp(a_user_id()))).put(&*events).await;
    by_email(a_user_id(), true).put(&*events).await;
    for (filter, mut expected) in FactorFilter::ALL.into_iter().zip(of_state) {
        expected.sort();
        assert_eq!(users(&page(h, Some(filter), None).await), expected, "{filter:?}");
        let rest = page(h, Some(filter), Some(expected[1])).await;
        assert_eq!(users(&rest), expected[2..], "{filter:?}");
        let first = h.totp().page(Some(filter), None, 2).await.expect("the store answers");
        assert_eq!(users(&first), expected[..2], "{filter:?}");
        let word = filter.as_str();
        assert_eq!(FactorFilter::parse(word), Some(filter));
    }
    assert_eq!(page(h, None, None).await.len(), 16);
}

/// A state has the time it began; using a code, or putting the account anew, moves none.
pub async fn a_state_stands_since_it_began(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().account("ada", &[]).put(&*events).await;
    let since = async || page(h, None, None).await.remove(0).totp_since;
    let live = a_totp(ada);
    let steps = [
        (begun(ada), 1_000, 1_000),
        (Totp { pending: Some(TotpSecret::new("ANOTHER")), ..begun(ada) }, 2_000, 1_000),
        (live.clone(), 3_000, 3_000),
        (Totp { last_step: Some(7), ..live }, 4_000, 3_000),
    ];
    for (document, at, expected) in steps {
        a_commit().private(PrivateChange::Totp(document)).at(millis(at)).put(&*events).await;
        assert_eq!(since().await, Some(millis(expected)), "{at}");
    }
    a_commit().private(PrivateChange::TotpGone(ada)).at(millis(5_000)).put(&*events).await;
    assert_eq!(since().await, Some(millis(5_000)));
    let person = h.users().find(ada).await.expect("the store answers").expect("she is there");
    let account = person.account.expect("she has one").0;
    a_commit().private(PrivateChange::Account(account)).at(millis(6_000)).put(&*events).await;
    assert_eq!(since().await, Some(millis(5_000)));

    let by_email = async || page(h, None, None).await.remove(0).email_since;
    assert_eq!(by_email().await, None);
    for (enabled, at, expected) in [(true, 7_000, 7_000), (true, 8_000, 7_000), (false, 9_000, 9_000)] {
        a_commit().private(PrivateChange::EmailFactor { user: ada, enabled }).at(millis(at)).put(&*events).await;
        assert_eq!(by_email().await, Some(millis(expected)), "{at}");
    }
    let codes = EmailCodes::default();
    a_commit().private(PrivateChange::EmailCodes { user: ada, codes }).at(millis(10_000)).put(&*events).await;
    assert_eq!(
        (since().await, by_email().await),
        (Some(millis(5_000)), Some(millis(9_000))),
        "a spent code is no state"
    );
}

/// Of somebody erased no state is left, whatever comes under the same id later.
pub async fn no_state_outlives_a_person(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().account("ada", &[]).put(&*events).await;
    let before = page(h, None, None).await;
    a_commit()
        .private(PrivateChange::Totp(a_totp(ada)))
        .private(PrivateChange::EmailFactor { user: ada, enabled: true })
        .put(&*events)
        .await;
    assert_ne!(page(h, None, None).await, before);
    let person = h.users().find(ada).await.expect("the store answers").expect("she is there");
    let account = person.account.expect("she has one").0;
    a_commit().private(PrivateChange::PersonErased(ada)).put(&*events).await;
    assert_eq!(page(h, None, None).await, []);
    a_commit().private(PrivateChange::Account(account)).put(&*events).await;
    assert_eq!(page(h, None, None).await, before);
}
