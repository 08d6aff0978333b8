//! Test data in a line each. What is built is written through the
//! [`EventStore`](portcullis_domain::port::EventStore), so that any store can be filled:
//!
//! ```ignore
//! let ada = a_person().named("Ada", "Lovelace").email("ada@example.com").put(store).await;
//! let door = a_lock().org("acme").put(store).await;
//! granted(ada, &door).until(tomorrow).put(store).await;
//! ```
//!
//! Every id is new, and higher than those made before in the same process.

mod access;
mod camera_role;
mod commit;
mod key;
mod person;
mod rows;

pub use access::{GrantBuilder, LockBuilder, a_lock, a_lock_event, granted, removed, take_away};
pub use camera_role::{
    CameraRoleBuilder, a_camera_role, a_camera_role_id, assign, assigned, camera_role_id, remote_role, remote_user,
    unassigned,
};
pub use commit::{CommitBuilder, a_commit, an_answer, metadata, version_of};
pub use key::{KeyBuilder, a_key};
pub use person::{PersonBuilder, a_person};
pub use rows::{a_mapping, a_message, a_session, a_token, a_token_hash, a_totp, about_token};

use std::sync::atomic::{AtomicU64, Ordering};

use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::{ApiKeyPrefix, CommitId, LockId, OrgId, OutboxId, UserId};
use portcullis_domain::text::{EmailAddress, FreeText, PhoneNumber, UserName};
use uuid::Uuid;

use crate::fake::TestClock;

/// When everything happens that is not told when: where a [`TestClock`] starts.
pub const NOON: Timestamp = TestClock::START;

/// A number nobody had before in this process.
pub fn a_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn a_uuid() -> Uuid {
    let number = a_number();
    let mut random = [0_u8; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(1_700_000_000_000 + number, &random).into_uuid()
}

/// Somebody who is in no store yet.
pub fn a_user_id() -> UserId {
    UserId::from_uuid(a_uuid())
}

/// A commit's id.
pub fn a_commit_id() -> CommitId {
    CommitId::from_uuid(a_uuid())
}

/// A message's id.
pub fn an_outbox_id() -> OutboxId {
    OutboxId::from_uuid(a_uuid())
}

/// A lock that is in no store yet.
pub fn a_lock_id() -> LockId {
    lock_id(&format!("lock-{:06}", a_number()))
}

/// A key's public part.
pub fn a_key_prefix() -> ApiKeyPrefix {
    ApiKeyPrefix::parse(&format!("K{:07}", a_number())).expect("8 letters and digits")
}

/// A lock by its id.
pub fn lock_id(text: &str) -> LockId {
    LockId::parse(text).expect("the test gives a valid lock id")
}

/// An organisation by its id.
pub fn org(text: &str) -> OrgId {
    OrgId::parse(text).expect("the test gives a valid organisation id")
}

/// An address.
pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("the test gives a valid address")
}

/// A phone number.
pub fn phone_number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).expect("the test gives a valid phone number")
}

/// A sign-in name.
pub fn user_name(text: &str) -> UserName {
    UserName::parse(text).expect("the test gives a valid user name")
}

/// Free text.
pub fn free(text: &str) -> FreeText {
    FreeText::parse(text).expect("the test gives valid text")
}

/// Milliseconds since 1970.
pub const fn millis(millis: i64) -> Timestamp {
    Timestamp::from_unix_millis(millis)
}
