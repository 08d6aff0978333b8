//! People: `UserRepository`.

use std::collections::BTreeSet;

use portcullis_domain::commit::{Guard, GuardKey, PrivateChange};
use portcullis_domain::event::{Actor, ActorKind, Event, Version};
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{LoginName, PersonFilter};
use portcullis_domain::session::StoredCredentials;
use portcullis_domain::user::{
    Account, PasswordHash, Person, Profile, Role, UserReactivated, UserStatus, UserSuspended, Voucher,
};

use super::super::StoreHarness;
use crate::build::{
    NOON, a_commit, a_lock_id, a_person, a_user_id, email, free, granted, millis, org, phone_number, user_name,
    version_of,
};
use crate::fake::FakeHasher;

async fn find(h: &dyn StoreHarness, id: UserId) -> Option<Person> {
    h.users().find(id).await.expect("the store answers")
}

/// A person comes back with everything readable about it.
pub async fn a_person_is_found_whole(h: &dyn StoreHarness) {
    let at = millis(1_777_777_777_777);
    let person =
        a_person().named("Ada", "Lovelace").email("Ada@Example.com").account("Ada.L", &[Role::Bot, Role::User]);
    let ada = person.phone_number("+48 600 100 200").org("acme").at(at).put(&*h.events()).await;
    let expected = Person {
        id: ada,
        version: Version::new(2),
        org: org("acme"),
        status: UserStatus::Active,
        created_at: at,
        profile: Profile {
            user: ada,
            email: Some(email("ada@example.com")),
            email_verified: true,
            email_voucher: Voucher::Authority { actor: Actor::system("test") },
            first_name: Some("Ada".to_owned()),
            last_name: Some("Lovelace".to_owned()),
            phone_number: Some(phone_number("+48600100200")),
        },
        account: Some((
            Account { user: ada, username: user_name("Ada.L"), name: "Ada.L in full".to_owned(), created_at: at },
            BTreeSet::from([Role::User, Role::Bot]),
        )),
    };
    assert_eq!(find(h, ada).await.as_ref(), Some(&expected));
    let shown = find(h, ada).await.and_then(|person| person.account).expect("an account").0.username;
    assert_eq!(shown.as_str(), "Ada.L", "a name is shown as chosen");
}

/// A person without name, address and account has none of them; an unknown one is none.
pub async fn a_bare_person_is_found_bare(h: &dyn StoreHarness) {
    for status in [UserStatus::Active, UserStatus::Inactive, UserStatus::Suspended] {
        let id = a_person().status(status).put(&*h.events()).await;
        let person = find(h, id).await.expect("known");
        assert_eq!((person.status, person.version), (status, Version::new(1)));
        assert_eq!((person.profile.email, person.profile.email_verified), (None, false));
        assert_eq!((person.profile.first_name, person.profile.last_name, person.account), (None, None, None));
        assert_eq!(person.profile.phone_number, None);
    }
    assert_eq!(find(h, a_user_id()).await, None);
    assert_eq!(find(h, UserId::NOBODY).await, None);
}

/// A profile put again replaces the row; each kind of voucher comes back.
pub async fn a_profile_is_replaced_whole(h: &dyn StoreHarness) {
    let ada = a_person().named("Ada", "Lovelace").email("ada@example.com").put(&*h.events()).await;
    let key = Actor { kind: ActorKind::Organisation, id: "Abcd1234".to_owned() };
    for voucher in [Voucher::Token, Voucher::Nobody, Voucher::Authority { actor: key }] {
        let profile = Profile {
            user: ada,
            email: Some(email("countess@example.com")),
            email_verified: false,
            email_voucher: voucher,
            first_name: None,
            last_name: Some("de Ünïcode 🗝".to_owned()),
            phone_number: None,
        };
        a_commit().private(PrivateChange::Profile(profile.clone())).put(&*h.events()).await;
        assert_eq!(find(h, ada).await.expect("known").profile, profile);
    }
    let old = h.users().find_by_address(&email("ada@example.com")).await.expect("the store answers");
    assert_eq!(old, None);
}

/// By name without regard to case, in any script, and never by a part of the name.
pub async fn people_are_found_by_name(h: &dyn StoreHarness) {
    let ada = a_person().email("a@example.com").account("Ada_Ä", &[]).put(&*h.events()).await;
    a_person().email("b@example.com").account("Ada_Äx", &[]).put(&*h.events()).await;
    let by_name = async |text: &str| {
        let found = h.users().find_by_name(&user_name(text)).await.expect("the store answers");
        found.map(|person| person.id)
    };
    for text in ["Ada_Ä", "ada_ä", "ADA_Ä"] {
        assert_eq!(by_name(text).await, Some(ada), "{text}");
    }
    for text in ["ada", "ada_", "adaxä", "nobody"] {
        assert_eq!(by_name(text).await, None, "{text}");
    }
    let found = h.users().find_by_name(&user_name("ada_ä")).await.expect("the store answers");
    assert_eq!(found, find(h, ada).await, "both ways lead to the same person");
}

/// By address, whatever its spelling.
pub async fn people_are_found_by_address(h: &dyn StoreHarness) {
    let ada = a_person().email("Ada@Example.com").put(&*h.events()).await;
    a_person().put(&*h.events()).await;
    let found = h.users().find_by_address(&email(" aDA@eXAMPLE.COM ")).await.expect("the store answers");
    assert_eq!(found.as_ref().map(|person| person.id), Some(ada));
    assert_eq!(found, find(h, ada).await);
    assert_eq!(h.users().find_by_address(&email("da@example.com")).await.expect("the store answers"), None);
}

/// By phone number, however it was written; a number taken away or replaced finds nobody.
pub async fn people_are_found_by_phone_number(h: &dyn StoreHarness) {
    let ada = a_person().phone_number("0048 600 100 200").put(&*h.events()).await;
    a_person().put(&*h.events()).await;
    let by_number =
        async |text: &str| h.users().find_by_phone_number(&phone_number(text)).await.expect("the store answers");
    let found = by_number("+48600100200").await;
    assert_eq!(found.as_ref().map(|person| person.id), Some(ada));
    assert_eq!(found, find(h, ada).await);
    assert_eq!(by_number("+4860010020").await, None);
    let profile = find(h, ada).await.expect("known").profile;
    let changed = Profile { phone_number: Some(phone_number("+1 202 555 0123")), ..profile.clone() };
    a_commit().private(PrivateChange::Profile(changed)).put(&*h.events()).await;
    assert_eq!(by_number("+48600100200").await, None);
    assert!(by_number("+12025550123").await.is_some());
    let changed = Profile { phone_number: None, ..profile };
    a_commit().private(PrivateChange::Profile(changed)).put(&*h.events()).await;
    assert_eq!(by_number("+12025550123").await, None);
}

/// The version is the stream's, with every event that followed.
pub async fn a_persons_version_is_the_streams(h: &dyn StoreHarness) {
    let ada = a_person().put(&*h.events()).await;
    for expected in 2..5 {
        granted(ada, &a_lock_id()).put(&*h.events()).await;
        assert_eq!(find(h, ada).await.expect("known").version, Version::new(expected));
    }
}

/// Credentials come by name and by address with epoch and number of sessions.
pub async fn credentials_come_by_name_and_address(h: &dyn StoreHarness) {
    let events = h.events();
    let person = a_person().email("ada@example.com").account("Ada", &[]).status(UserStatus::Suspended);
    let ada = person.put(&*events).await;
    let by_name = LoginName::UserName(user_name("aDA"));
    let by_address = LoginName::Email(email("ADA@example.com"));
    let mut expected = StoredCredentials {
        user: ada,
        status: UserStatus::Suspended,
        username: user_name("Ada"),
        password: FakeHasher::password_hash("Ada"),
        epoch: 0,
    };
    assert_eq!(h.users().credentials(&by_name).await.expect("the store answers").as_ref(), Some(&expected));

    a_commit().guard(Guard::raise(GuardKey::CredentialEpoch(ada), 0)).put(&*events).await;
    let hash = PasswordHash::new("$another");
    a_commit().private(PrivateChange::Password { user: ada, hash: hash.clone() }).put(&*events).await;
    (expected.epoch, expected.password) = (1, hash);
    for login in [by_name, by_address] {
        assert_eq!(h.users().credentials(&login).await.expect("the store answers").as_ref(), Some(&expected));
    }
}

/// Without account or password there are none.
pub async fn without_password_there_are_no_credentials(h: &dyn StoreHarness) {
    let ada = a_person().email("ada@example.com").put(&*h.events()).await;
    let by_address = LoginName::Email(email("ada@example.com"));
    assert_eq!(h.users().credentials(&by_address).await.expect("the store answers"), None);
    let account = Account { user: ada, username: user_name("ada"), name: "Ada".to_owned(), created_at: NOON };
    a_commit().private(PrivateChange::Account(account)).put(&*h.events()).await;
    let by_name = LoginName::UserName(user_name("ada"));
    for login in [by_name, by_address, LoginName::UserName(user_name("nobody"))] {
        assert_eq!(h.users().credentials(&login).await.expect("the store answers"), None);
    }
}

async fn list(h: &dyn StoreHarness, filter: &PersonFilter, after: Option<UserId>, limit: u32) -> Vec<UserId> {
    let people = h.users().list(filter, after, limit).await.expect("the store answers");
    people.into_iter().map(|person| person.id).collect()
}

/// A list is in the order of ids, and its pages fit together.
pub async fn a_list_is_paged_by_id(h: &dyn StoreHarness) {
    let mut ids: Vec<_> = (0..7).map(|_| a_user_id()).collect();
    for id in ids.iter().rev() {
        a_person().id(*id).put(&*h.events()).await;
    }
    ids.sort();
    let all = PersonFilter::default();
    assert_eq!(list(h, &all, None, 100).await, ids);
    assert_eq!(list(h, &all, None, 3).await, ids[..3]);
    assert_eq!(list(h, &all, Some(ids[2]), 3).await, ids[3..6]);
    assert_eq!(list(h, &all, Some(ids[5]), 3).await, ids[6..]);
    assert!(list(h, &all, Some(ids[6]), 3).await.is_empty());
    assert!(list(h, &all, None, 0).await.is_empty());
    let first = h.users().list(&all, None, 1).await.expect("the store answers").remove(0);
    assert_eq!(Some(first), find(h, ids[0]).await, "listed and found are the same");
}

/// A list can be narrowed to an organisation, and to how user names begin, wildcards meaning themselves.
pub async fn a_list_is_filtered(h: &dyn StoreHarness) {
    let events = h.events();
    let mut number = 0;
    let mut put = async |org: &str, name: Option<&str>| {
        number += 1;
        let person = a_person().org(org);
        match name {
            Some(name) => person.email(&format!("{number}@example.com")).account(name, &[]).put(&*events).await,
            None => person.put(&*events).await,
        }
    };
    let (dots, underscore, letter) =
        (put("a", Some("Be.n")).await, put("a", Some("be_n")).await, put("b", Some("beXn")).await);
    let (umlaut, bare) = (put("b", Some("Öl-1")).await, put("b", None).await);
    let narrowed = |org_id: Option<&str>, prefix: Option<&str>| PersonFilter {
        org: org_id.map(org),
        name_prefix: prefix.map(str::to_owned),
    };
    assert_eq!(list(h, &narrowed(Some("a"), None), None, 9).await, [dots, underscore]);
    assert_eq!(list(h, &narrowed(Some("b"), None), None, 9).await, [letter, umlaut, bare]);
    assert_eq!(list(h, &narrowed(None, Some("BE")), None, 9).await, [dots, underscore, letter]);
    assert_eq!(list(h, &narrowed(None, Some("be_")), None, 9).await, [underscore]);
    assert_eq!(list(h, &narrowed(None, Some("ÖL")), None, 9).await, [umlaut]);
    assert_eq!(list(h, &narrowed(Some("b"), Some("be")), None, 9).await, [letter]);
    assert_eq!(list(h, &narrowed(None, Some("be")), Some(dots), 1).await, [underscore]);
    for nothing in ["%", "e", "be.n.", "\\", "\0", "be\0"] {
        assert!(list(h, &narrowed(None, Some(nothing)), None, 9).await.is_empty(), "{nothing}");
    }
    assert!(list(h, &narrowed(Some("c"), None), None, 9).await.is_empty());
}

/// Suspending and reactivating show in the status, everywhere it is read, and change nothing else of the person.
pub async fn a_status_follows_the_events(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().org("acme").email("ada@example.com").account("ada", &[Role::Admin]).put(&*events).await;
    let before = find(h, ada).await.expect("known");
    let login = LoginName::UserName(user_name("ada"));
    let suspended =
        UserSuspended { user_id: ada, reason: free("lost"), suspended_by: free("desk"), suspended_at: NOON };
    let reactivated =
        UserReactivated { user_id: ada, reason: free("found"), reactivated_by: free("desk"), reactivated_at: NOON };
    for (event, status) in
        [(Event::from(suspended), UserStatus::Suspended), (Event::from(reactivated), UserStatus::Active)]
    {
        let expected = version_of(&*events, &ada.into()).await;
        a_commit().on(ada, expected).event(event).put(&*events).await;
        let person = find(h, ada).await.expect("known");
        assert_eq!(person, Person { version: expected.after(1), status, ..before.clone() });
        let list = h.lock_access().grants_of(ada).await.expect("the store answers").expect("known");
        assert_eq!(list.person.status, status);
        let credentials = h.users().credentials(&login).await.expect("the store answers").expect("an account");
        assert_eq!(credentials.status, status);
        let active = h.users().has_administrator().await.expect("the store answers");
        assert_eq!(active, status == UserStatus::Active);
    }
}
