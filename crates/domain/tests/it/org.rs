//! Organisations and their keys.

use std::time::Duration;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{Effects, PrivateChange};
use portcullis_domain::event::Version;
use portcullis_domain::ids::ApiKeyPrefix;
use portcullis_domain::lock::{CreateLock, LockCreated, create};
use portcullis_domain::org::{
    ApiKeyCreated, ApiKeyRevoked, ApiKeyView, CreateApiKey, OrgRefusal, StoredApiKey, Tenant, TenantRegistered,
    create_key, revoke_key,
};
use portcullis_testkit::build::{NOON, a_user_id, free, lock_id, org};

const TICK: Duration = Duration::from_millis(1);

fn prefix(text: &str) -> ApiKeyPrefix {
    ApiKeyPrefix::parse(text).unwrap()
}

fn key(text: &str, expires_at: Option<Timestamp>, revoked_at: Option<Timestamp>) -> ApiKeyView {
    ApiKeyView { prefix: prefix(text), org: org("acme"), is_super: false, created_at: NOON, expires_at, revoked_at }
}

fn tenant(keys: Vec<ApiKeyView>) -> Tenant {
    Tenant { org: org("acme"), version: Version::new(2), name: Some(free("Acme Ltd")), keys }
}

fn command(expires_at: Option<Timestamp>) -> CreateApiKey {
    CreateApiKey { org_name: None, prefix: prefix("Newkey01"), hash: [5; 32], is_super: true, expires_at }
}

fn created(expires_at: Option<Timestamp>) -> ApiKeyCreated {
    ApiKeyCreated { org_id: org("acme"), api_key_prefix: prefix("Newkey01"), is_super: true, expires_at }
}

#[test]
fn the_first_key_registers_the_organisation() {
    let unknown = Tenant { org: org("acme"), version: Version::NONE, name: None, keys: Vec::new() };
    assert_eq!(create_key(command(None), &unknown, NOON), Err(OrgRefusal::NameMissing));
    let named = CreateApiKey { org_name: Some(free("Acme Ltd")), ..command(None) };
    let registered = TenantRegistered { org_id: org("acme"), org_name: free("Acme Ltd") };
    let expected = Effects {
        events: vec![registered.into(), created(None).into()],
        private: vec![PrivateChange::ApiKey { prefix: prefix("Newkey01"), hash: [5; 32] }],
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
