//! People and accounts.

use std::collections::BTreeSet;

use portcullis_domain::commit::{Claim, ClaimChange, Effects, Guard, GuardKey, PrivateChange, WorkChange};
use portcullis_domain::event::{Event, Version};
use portcullis_domain::ids::UserId;
use portcullis_domain::text::EmailAddress;
use portcullis_domain::user::{
    Account, AccountAdded, AddAccount, ContactAction, CreateUser, EmailVerificationSet, NewAccount, PasswordHash,
    PasswordSet, Person, Profile, Role, UserCreated, UserEmailUpdated, UserRefusal, UserStatus, Voucher, add_account,
    create, set_password,
};
use portcullis_testkit::build::{NOON, a_user_id, email, org, user_name};

fn profile(user: UserId, email: Option<EmailAddress>) -> Profile {
    Profile {
        user,
        email_verified: email.is_some(),
        email,
        email_voucher: Voucher::Token,
        first_name: Some("Ada".to_owned()),
        last_name: Some("Lovelace".to_owned()),
        phone_number: None,
    }
}

fn account(user: UserId) -> Account {
    Account { user, username: user_name("Ada"), name: "Ada L.".to_owned(), created_at: NOON }
}

fn person(email: Option<&str>, with_account: bool) -> Person {
    let id = a_user_id();
    Person {
        id,
        version: Version::new(3),
        org: org("acme"),
        status: UserStatus::Active,
        created_at: NOON,
        profile: profile(id, email.map(portcullis_testkit::build::email)),
        account: with_account.then(|| (account(id), BTreeSet::from([Role::User]))),
        language: None,
    }
}

fn new_account() -> NewAccount {
    NewAccount {
        username: user_name("Ada"),
        name: "Ada L.".to_owned(),
        password: PasswordHash::new("$hash"),
        roles: BTreeSet::from([Role::User]),
        email_factor: false,
    }
}

fn command(email: Option<&str>) -> AddAccount {
    AddAccount {
        account: new_account(),
        email: email.map(portcullis_testkit::build::email),
        email_verified: true,
        email_voucher: Voucher::Nobody,
    }
}

fn take(claim: Claim, owner: UserId) -> ClaimChange {
    ClaimChange::Take { claim, owner }
}

/// What opening the account of [`new_account`] does.
fn opened(user: UserId) -> (Event, ClaimChange, [PrivateChange; 2]) {
    let event = AccountAdded { user_id: user, roles: BTreeSet::from([Role::User]) };
    let password = PrivateChange::Password { user, hash: PasswordHash::new("$hash") };
    let claim = take(Claim::UserName(user_name("Ada")), user);
    (event.into(), claim, [PrivateChange::Account(account(user)), password])
}

#[test]
fn a_person_is_made_with_what_is_known() {
    let user = a_user_id();
    let bare = CreateUser {
        user,
        status: UserStatus::Inactive,
        email: None,
        email_verified: false,
        email_voucher: Voucher::Token,
        first_name: Some("Ada".to_owned()),
        last_name: Some("Lovelace".to_owned()),
        phone_number: None,
        account: None,
    };
    let created = UserCreated { user_id: user, status: UserStatus::Inactive };
    let expected = Effects {
        events: vec![created.into()],
        private: vec![PrivateChange::Profile(profile(user, None))],
        ..Effects::default()
    };
    assert_eq!(create(bare.clone(), NOON), expected);

    let address = email("ada@example.com");
    let whole = CreateUser { email: Some(address.clone()), email_verified: true, account: Some(new_account()), ..bare };
    let (event, name, [account, password]) = opened(user);
    let expected = Effects {
        events: vec![UserCreated { user_id: user, status: UserStatus::Inactive }.into(), event],
        claims: vec![take(Claim::Email(address.clone()), user), name],
        private: vec![PrivateChange::Profile(profile(user, Some(address))), account, password],
        ..Effects::default()
    };
    assert_eq!(create(whole, NOON), expected);
}

#[test]
fn an_account_needs_an_address_known_or_new() {
    assert_eq!(add_account(command(None), &person(None, false), NOON), Err(UserRefusal::EmailMissing));

    let known = person(Some("ada@example.com"), false);
    let (event, name, [account, password]) = opened(known.id);
    let expected =
        Effects { events: vec![event], claims: vec![name], private: vec![account, password], ..Effects::default() };
    assert_eq!(add_account(command(None), &known, NOON), Ok(expected.clone()));
    assert_eq!(
        add_account(command(Some("ADA@example.com")), &known, NOON),
        Ok(expected),
        "the same address is no news"
    );
    assert_eq!(add_account(command(Some("eve@example.com")), &known, NOON), Err(UserRefusal::EmailExists));
}

#[test]
fn an_account_can_bring_the_address_along() {
    let bare = person(None, false);
    let address = email("ada@example.com");
    let (event, name, [account, password]) = opened(bare.id);
    let updated = UserEmailUpdated {
        user_id: bare.id,
        action: ContactAction::Set,
        masked_email: Some("a***@example.com".to_owned()),
        timestamp: NOON,
    };
    let profile = Profile {
        email: Some(address.clone()),
        email_verified: true,
        email_voucher: Voucher::Nobody,
        ..bare.profile.clone()
    };
    let expected = Effects {
        events: vec![updated.into(), event],
        claims: vec![take(Claim::Email(address), bare.id), name],
        private: vec![PrivateChange::Profile(profile), account, password],
        ..Effects::default()
    };
    assert_eq!(add_account(command(Some("ada@example.com")), &bare, NOON), Ok(expected));
}

#[test]
fn a_person_has_one_account() {
    for address in [None, Some("ada@example.com")] {
        let refusal = add_account(command(address), &person(Some("ada@example.com"), true), NOON);
        assert_eq!(refusal, Err(UserRefusal::AccountExists));
    }
}

#[test]
fn a_new_password_ends_every_session() {
    let ada = person(Some("ada@example.com"), true);
    let hash = PasswordHash::new("$new");
    let expected = Effects {
        events: vec![PasswordSet { user_id: ada.id, sessions_ended: 4 }.into()],
        private: vec![PrivateChange::Password { user: ada.id, hash: hash.clone() }],
        work: vec![WorkChange::SessionsEnded { user: ada.id }],
        guards: vec![Guard::raise(GuardKey::CredentialEpoch(ada.id), 9)],
        ..Effects::default()
    };
    assert_eq!(set_password(&ada, hash.clone(), 4, 9), Ok(expected));
    assert_eq!(set_password(&person(None, false), hash, 0, 0), Err(UserRefusal::NoAccount));
}

#[test]
fn words_are_read_as_they_are_written() {
    for status in [UserStatus::Active, UserStatus::Inactive, UserStatus::Suspended] {
        assert_eq!(UserStatus::parse(status.as_str()), Some(status));
        assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
    }
    for role in [Role::Admin, Role::User, Role::Bot] {
        assert_eq!(Role::parse(role.as_str()), Some(role));
        assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
    }
    assert_eq!((UserStatus::parse("active"), Role::parse("ADMIN")), (None, None));
    assert!(Voucher::Token.vouches() && !Voucher::Nobody.vouches());
}

#[test]
fn the_address_there_is_is_confirmed_along_with_an_account() {
    let mut known = person(Some("ada@example.com"), false);
    known.profile.email_verified = false;
    let effects = add_account(command(Some("ada@example.com")), &known, NOON).unwrap();
    let (opened, _, [account, password]) = opened(known.id);
    assert_eq!(effects.events, [EmailVerificationSet { user_id: known.id, verified: true }.into(), opened]);
    let confirmed = Profile { email_verified: true, ..known.profile.clone() };
    assert_eq!(effects.private, [PrivateChange::Profile(confirmed), account, password]);
}
