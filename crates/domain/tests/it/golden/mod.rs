//! The JSON of every event. What is written here is in databases for good: a line may be added, none may change.

mod cameras;
mod locks;
mod people;

use std::collections::BTreeSet;

use portcullis_domain::event::Event;
use portcullis_domain::ids::{ApiKeyPrefix, LockId, OrgId, ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use portcullis_domain::totp::TotpEnrolled;
use portcullis_testkit::build::{lock_id, org};

fn ada() -> UserId {
    UserId::parse("0190a3c2-7b5e-7d11-9f00-0123456789ab").unwrap()
}

fn account() -> Option<ThreeDEyeUserId> {
    ThreeDEyeUserId::parse("3d-7").ok()
}

fn roles() -> Vec<ThreeDEyeRoleId> {
    ["guard", "viewer"].map(|text| ThreeDEyeRoleId::parse(text).unwrap()).into()
}

fn door() -> LockId {
    lock_id("lock-1")
}

fn acme() -> OrgId {
    org("acme")
}

fn prefix() -> ApiKeyPrefix {
    ApiKeyPrefix::parse("Abcd1234").unwrap()
}

fn goldens() -> Vec<(Event, &'static str)> {
    [
        people::people(),
        locks::access(),
        people::second_factors(),
        people::sessions(),
        cameras::cameras(),
        locks::locks_and_organisations(),
        people::accounts(),
        cameras::camera_roles(),
    ]
    .concat()
}

#[test]
fn every_event_is_written_and_read_as_it_always_was() {
    for (event, json) in goldens() {
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
        assert_eq!(serde_json::from_str::<Event>(json).unwrap(), event);
        assert!(json.starts_with(&format!(r#"{{"type":"{}","#, event.name())), "{json}");
        assert_eq!(event.schema(), 1, "a new schema needs a golden of the old one, read through its upcaster");
    }
}

#[test]
fn every_event_has_a_golden() {
    let golden: BTreeSet<_> = goldens().iter().map(|(event, _)| event.name()).collect();
    assert_eq!(golden, Event::NAMES.iter().copied().collect());
}

#[test]
fn fields_of_later_versions_are_passed_over() {
    let later = r#"{"type":"TotpEnrolled","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","device":"phone"}"#;
    assert_eq!(serde_json::from_str::<Event>(later).unwrap(), TotpEnrolled { user_id: ada() }.into());
    serde_json::from_str::<Event>(r#"{"type":"TotpMislaid"}"#).unwrap_err();
}
