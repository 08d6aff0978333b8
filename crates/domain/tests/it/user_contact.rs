//! Addresses and phone numbers of people.

use portcullis_domain::commit::{Claim, ClaimChange, Effects, PrivateChange};
use portcullis_domain::event::Version;
use portcullis_domain::text::PhoneNumber;
use portcullis_domain::user::{
    ContactAction, Person, Profile, UpdateEmail, UserEmailUpdated, UserPhoneNumberUpdated, UserRefusal, UserStatus,
    Voucher, create, update_email, update_phone_number,
};
use portcullis_testkit::build::{NOON, a_user_id, email, org, phone_number};

const ONE: &str = "+48600100200";
const TWO: &str = "+12025550123";

fn somebody(address: Option<&str>, number: Option<&str>) -> Person {
    let id = a_user_id();
    let profile = Profile {
        email: address.map(email),
        first_name: Some("Ada".to_owned()),
        phone_number: number.map(phone_number),
        ..Profile::empty(id)
    };
    Person {
        id,
        version: Version::new(3),
        org: org("acme"),
        status: UserStatus::Active,
        created_at: NOON,
        profile,
        account: None,
        language: None,
    }
}

fn update(address: &str) -> UpdateEmail {
    UpdateEmail { email: email(address), verified: true, voucher: Voucher::Token }
}

#[test]
fn a_first_address_is_set() {
    let person = somebody(None, Some(ONE));
    let event = UserEmailUpdated {
        user_id: person.id,
        action: ContactAction::Set,
        masked_email: Some("a***@example.com".to_owned()),
        timestamp: NOON,
    };
    let claim = ClaimChange::Take { claim: Claim::Email(email("ada@example.com")), owner: person.id };
    let profile = Profile {
        email: Some(email("ada@example.com")),
        email_verified: true,
        email_voucher: Voucher::Token,
        ..person.profile.clone()
    };
    let expected = Effects {
        events: vec![event.into()],
        claims: vec![claim],
        private: vec![PrivateChange::Profile(profile)],
        ..Effects::default()
    };
    assert_eq!(update_email(update("Ada@Example.com"), &person, NOON), Ok(expected));
}

#[test]
fn an_address_is_not_replaced_and_the_same_is_no_news() {
    let person = somebody(Some("ada@example.com"), None);
    assert_eq!(update_email(update("ADA@example.com"), &person, NOON), Ok(Effects::default()));
    assert_eq!(update_email(update("eve@example.com"), &person, NOON), Err(UserRefusal::EmailExists));
}

/// What a change of number does: names let go and taken, and the number kept.
fn changed(person: &Person, to: Option<&str>) -> Effects {
    update_phone_number(to.map(phone_number), person, NOON)
}

fn expected(person: &Person, to: Option<&str>, masked: Option<&str>) -> Effects {
    let event = UserPhoneNumberUpdated {
        user_id: person.id,
        action: if to.is_some() { ContactAction::Set } else { ContactAction::Removed },
        masked_phone_number: masked.map(str::to_owned),
        timestamp: NOON,
    };
    let owner = person.id;
    let claim = |number: PhoneNumber| Claim::PhoneNumber(number);
    let gone = person.profile.phone_number.clone().map(|old| ClaimChange::Release { claim: claim(old), owner });
    let taken = to.map(|new| ClaimChange::Take { claim: claim(phone_number(new)), owner });
    let profile = Profile { phone_number: to.map(phone_number), ..person.profile.clone() };
    Effects {
        events: vec![event.into()],
        claims: gone.into_iter().chain(taken).collect(),
        private: vec![PrivateChange::Profile(profile)],
        ..Effects::default()
    }
}

#[test]
fn a_number_is_set_replaced_and_taken_away() {
    let (bare, reachable) = (somebody(Some("ada@example.com"), None), somebody(None, Some(ONE)));
    assert_eq!(changed(&bare, Some(ONE)), expected(&bare, Some(ONE), Some("***0200")));
    assert_eq!(changed(&reachable, Some(TWO)), expected(&reachable, Some(TWO), Some("***0123")));
    assert_eq!(changed(&reachable, None), expected(&reachable, None, None));
}

#[test]
fn the_same_number_is_no_news() {
    assert_eq!(changed(&somebody(None, None), None), Effects::default());
    assert_eq!(changed(&somebody(None, Some(ONE)), Some("0048 600 100 200")), Effects::default());
}

#[test]
fn a_number_known_from_the_start_is_claimed() {
    let person = portcullis_domain::user::CreateUser {
        user: a_user_id(),
        status: UserStatus::Active,
        email: None,
        email_verified: false,
        email_voucher: Voucher::Nobody,
        first_name: None,
        last_name: None,
        phone_number: Some(phone_number(ONE)),
        account: None,
    };
    let effects = create(person.clone(), NOON);
    let claim = Claim::PhoneNumber(phone_number(ONE));
    assert_eq!(effects.claims, [ClaimChange::Take { claim, owner: person.user }]);
    let profile = Profile { phone_number: Some(phone_number(ONE)), ..Profile::empty(person.user) };
    assert_eq!(effects.private, [PrivateChange::Profile(profile)]);
}
