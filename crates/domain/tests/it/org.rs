//! Organisations and their keys.

use std::time::Duration;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{Effects, Guard, GuardKey, PrivateChange};
use portcullis_domain::event::{Event, Version};
use portcullis_domain::ids::ApiKeyPrefix;
use portcullis_domain::lock::{CreateLock, LockCreated, create};
use portcullis_domain::org::{
    ApiKeyCreated, ApiKeyRevoked, ApiKeyText, ApiKeyView, CreateApiKey, KeptKey, KeyStatus, ListedKey, OrgRefusal,
    RegisterTenant, RotateApiKey, StoredApiKey, Tenant, TenantRegistered, create_key, register, revoke_key, rotate_key,
};
use portcullis_testkit::build::{NOON, a_user_id, email, free, lock_id, org};

const TICK: Duration = Duration::from_millis(1);

fn prefix(text: &str) -> ApiKeyPrefix {
    ApiKeyPrefix::parse(text).unwrap()
}

fn key(text: &str, expires_at: Option<Timestamp>, revoked_at: Option<Timestamp>) -> ApiKeyView {
    ApiKeyView {
        prefix: prefix(text),
        org: org("acme"),
        is_super: false,
        created_at: NOON,
        created_by: "staff-1".to_owned(),
        expires_at,
        revoked_at,
    }
}

fn tenant(keys: Vec<ApiKeyView>) -> Tenant {
    Tenant { org: org("acme"), version: Version::new(2), name: Some(free("Acme Ltd")), keys }
}

fn kept() -> KeptKey {
    KeptKey { prefix: prefix("Newkey01"), hash: [5; 32], last_four: "Wxyz".to_owned() }
}

fn command(expires_at: Option<Timestamp>) -> CreateApiKey {
    CreateApiKey { org_name: None, key: kept(), is_super: true, expires_at }
}

fn created(expires_at: Option<Timestamp>) -> ApiKeyCreated {
    ApiKeyCreated { org_id: org("acme"), api_key_prefix: prefix("Newkey01"), is_super: true, expires_at }
}

#[test]
fn the_first_key_registers_the_organisation() {
    let unknown = Tenant { org: org("acme"), version: Version::NONE, name: None, keys: Vec::new() };
    assert_eq!(create_key(command(None), &unknown, NOON), Err(OrgRefusal::NotRegistered));
    let named = CreateApiKey { org_name: Some(free("Acme Ltd")), ..command(None) };
    let registered = TenantRegistered { org_id: org("acme"), org_name: free("Acme Ltd"), masked_owner_email: None };
    let expected = Effects {
        events: vec![registered.into(), created(None).into()],
        guards: vec![Guard::raise(GuardKey::api_key(&prefix("Newkey01")), 0)],
        private: vec![PrivateChange::ApiKey(kept())],
        ..Effects::default()
    };
    assert_eq!(create_key(named, &unknown, NOON), Ok(expected));
}

#[test]
fn a_registered_organisation_keeps_its_name() {
    let named = CreateApiKey { org_name: Some(free("Other name")), ..command(Some(NOON.plus(TICK))) };
    let effects = create_key(named, &tenant(Vec::new()), NOON).unwrap();
    assert_eq!(effects.events, [created(Some(NOON.plus(TICK))).into()]);
}

#[test]
fn an_organisation_has_one_active_key() {
    let refused = |keys| create_key(command(None), &tenant(keys), NOON) == Err(OrgRefusal::ActiveKeyExists);
    assert!(refused(vec![key("Oldkey01", None, None)]));
    assert!(refused(vec![key("Oldkey01", Some(NOON.plus(TICK)), None)]));
    assert!(refused(vec![key("Oldkey01", None, Some(NOON)), key("Oldkey02", None, None)]));
    assert!(!refused(vec![key("Oldkey01", None, Some(NOON)), key("Oldkey02", Some(NOON), None)]));
}

/// However many keys expire, at most one is left standing, and no clock set back finds two that work.
#[test]
fn a_new_key_revokes_those_that_expired() {
    let keys = vec![key("Oldkey01", Some(NOON), None), key("Oldkey02", None, Some(NOON))];
    let effects = create_key(command(None), &tenant(keys), NOON).unwrap();
    let names: Vec<_> = effects.events.iter().map(Event::name).collect();
    assert_eq!(names, ["ApiKeyRevoked", "ApiKeyCreated"]);
    let Event::ApiKeyRevoked(revoked) = &effects.events[0] else { panic!("{names:?}") };
    assert_eq!((&revoked.api_key_prefix, revoked.revoked_at), (&prefix("Oldkey01"), NOON));
}

#[test]
fn a_key_that_has_expired_is_not_made() {
    assert_eq!(create_key(command(Some(NOON)), &tenant(Vec::new()), NOON), Err(OrgRefusal::AlreadyExpired));
    assert!(create_key(command(Some(NOON.plus(TICK))), &tenant(Vec::new()), NOON).is_ok());
}

#[test]
fn a_key_is_revoked_once() {
    let keys = tenant(vec![key("Oldkey01", None, None), key("Oldkey02", Some(NOON), None)]);
    for name in ["Oldkey01", "Oldkey02"] {
        let event = ApiKeyRevoked { org_id: org("acme"), api_key_prefix: prefix(name), revoked_at: NOON };
        let expected = Effects { events: vec![event.into()], ..Effects::default() };
        assert_eq!(revoke_key(&prefix(name), &keys, NOON), Ok(expected), "an expired one, too");
    }
    let revoked = tenant(vec![key("Oldkey01", None, Some(NOON))]);
    assert_eq!(revoke_key(&prefix("Oldkey01"), &revoked, NOON), Err(OrgRefusal::NoSuchKey));
    assert_eq!(revoke_key(&prefix("Newkey01"), &keys, NOON), Err(OrgRefusal::NoSuchKey));
}

#[test]
fn an_organisation_is_registered_once_and_its_owner_is_private() {
    let order = RegisterTenant { org_name: free("Acme Ltd"), owner_email: email("olive@acme.example") };
    let unknown = Tenant { org: org("acme"), version: Version::NONE, name: None, keys: Vec::new() };
    let registered = TenantRegistered {
        org_id: org("acme"),
        org_name: free("Acme Ltd"),
        masked_owner_email: Some("o***@acme.example".to_owned()),
    };
    let owner = PrivateChange::TenantOwner { org: org("acme"), email: email("olive@acme.example") };
    let expected = Effects { events: vec![registered.into()], private: vec![owner], ..Effects::default() };
    assert_eq!(register(order.clone(), &unknown), expected);
    assert_eq!(register(order, &tenant(Vec::new())), Effects::default());
}

#[test]
fn a_rotated_key_hands_over_what_it_may_and_how_long() {
    let rotate = |old: &str, keys: &Tenant| rotate_key(RotateApiKey { old: prefix(old), new: kept() }, keys, NOON);
    let until = Some(NOON.plus(TICK));
    let keys = tenant(vec![ApiKeyView { is_super: true, ..key("Oldkey01", until, None) }]);
    let effects = rotate("Oldkey01", &keys).unwrap();
    let revoked = ApiKeyRevoked { org_id: org("acme"), api_key_prefix: prefix("Oldkey01"), revoked_at: NOON };
    assert_eq!(effects.events, [revoked.into(), created(until).into()]);
    assert_eq!(effects.private, [PrivateChange::ApiKey(kept())]);
    assert_eq!(effects.guards, [Guard::raise(GuardKey::api_key(&prefix("Newkey01")), 0)]);

    assert_eq!(rotate("Newkey01", &keys), Err(OrgRefusal::NoSuchKey));
    assert_eq!(rotate("Oldkey01", &tenant(vec![key("Oldkey01", None, Some(NOON))])), Err(OrgRefusal::NoSuchKey));
    assert_eq!(rotate("Oldkey01", &tenant(vec![key("Oldkey01", Some(NOON), None)])), Err(OrgRefusal::KeyExpired));
}

#[test]
fn what_has_become_of_a_key() {
    let status = |expires_at, revoked_at| key("Oldkey01", expires_at, revoked_at).status(NOON);
    assert_eq!(status(None, None), KeyStatus::Active);
    assert_eq!(status(Some(NOON.plus(TICK)), None), KeyStatus::Active);
    assert_eq!(status(Some(NOON), None), KeyStatus::Expired);
    assert_eq!(status(Some(NOON), Some(NOON)), KeyStatus::Revoked);
}

#[test]
fn people_tell_keys_by_both_ends() {
    let text = ApiKeyText::parse("aB3dE5gH0123456789012345678901234567x9Yz").unwrap();
    assert_eq!((text.prefix().as_str(), text.last_four()), ("aB3dE5gH", "x9Yz"));
    let view = key("aB3dE5gH", None, None);
    let listed = |last_four| ListedKey { view: view.clone(), org_name: free("Acme"), last_four, last_used_at: None };
    assert_eq!(listed(Some("x9Yz".to_owned())).masked(), "aB3dE5gH…x9Yz");
    assert_eq!(listed(None).masked(), "aB3dE5gH…");
    assert_eq!(format!("{text:?}"), "aB3dE5gH…");
}

#[test]
fn a_key_works_until_it_expires_or_is_revoked() {
    let works = |view| StoredApiKey { view, hash: [0; 32] }.works(NOON);
    assert!(works(key("Oldkey01", None, None)));
    assert!(works(key("Oldkey01", Some(NOON.plus(TICK)), None)));
    assert!(!works(key("Oldkey01", Some(NOON), None)));
    assert!(!works(key("Oldkey01", None, Some(NOON.plus(TICK)))), "revoked is revoked, whatever the clock says");
}

#[test]
fn a_lock_is_registered_with_all_that_was_sent() {
    let owner = Some(a_user_id());
    let text = |text: &str| Some(text.to_owned());
    let command = CreateLock {
        lock: lock_id("door"),
        org: org("acme"),
        name: text("Front"),
        owner,
        index: Some(3),
        uuid: text("any"),
        serial_number: text("S1"),
        vendor_name: text("Locks Ltd"),
    };
    let event = LockCreated {
        lock_id: lock_id("door"),
        org_id: org("acme"),
        name: text("Front"),
        owner_id: owner,
        index: Some(3),
        uuid: text("any"),
        serial_number: text("S1"),
        vendor_name: text("Locks Ltd"),
    };
    assert_eq!(create(&command), event.into());
}
