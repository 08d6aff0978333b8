//! Testing a service that embeds the domain: mocks of its ports inject what is hard to bring about otherwise.
//!
//! Run it with `cargo run -p portcullis-domain --features mocks --example with_mocks`.

use std::error::Error;
use std::sync::Arc;

use portcullis_domain::access::{AccessLevel, Grant, RemoveAccess, Window};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::{StreamId, Version};
use portcullis_domain::ids::{LockId, OrgId, RequestId, UserId};
use portcullis_domain::mocks::{MockClock, MockEntropy, MockEventStore, MockLockAccess};
use portcullis_domain::policy::Caller;
use portcullis_domain::port::{AccessSituation, CommitError, PersonHead};
use portcullis_domain::text::FreeText;
use portcullis_domain::usecase::access::RemoveAccessibleLock;
use portcullis_domain::usecase::{Commands, Request};
use portcullis_domain::user::UserStatus;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let user = UserId::parse("0198a000-0000-7000-8000-000000000001")?;
    let lock = LockId::parse("front-door")?;
    let now = Timestamp::parse("2026-03-01T09:00:00Z")?;

    // Somebody else is faster the first two times; the command has to load and decide again.
    let mut events = MockEventStore::new();
    let mut lost = 2;
    events.expect_commit().times(3).returning(move |commit| {
        if lost == 0 {
            return Ok(());
        }
        lost -= 1;
        let stream = commit.stream.map_or_else(|| StreamId::from(UserId::NOBODY), |write| write.stream);
        Err(CommitError::Conflict { stream })
    });

    let grant = Grant {
        lock: lock.clone(),
        lock_name: FreeText::parse("Front door")?,
        access_level: AccessLevel::Guest,
        granted_by: FreeText::parse("reception")?,
        window: Window::default(),
        granted_at: now,
    };
    let org = OrgId::parse("acme")?;
    let mut version = 4;
    let mut locks = MockLockAccess::new();
    locks.expect_situation().times(3).returning(move |id, _| {
        version += 1;
        let person = PersonHead { id, version: Version::new(version), org: org.clone(), status: UserStatus::Active };
        Ok(AccessSituation { person: Some(person), grant: Some(grant.clone()), lock: None })
    });

    let mut clock = MockClock::new();
    clock.expect_now().return_const(now);
    let mut entropy = MockEntropy::new();
    entropy.expect_fill().returning(|buffer| buffer.fill(7));

    let commands = Commands { events: Arc::new(events), clock: Arc::new(clock), entropy: Arc::new(entropy) };
    let command =
        RemoveAccess { user, lock, removed_by: FreeText::parse("reception")?, reason: FreeText::parse("moved out")? };
    let request = Request::plain(Caller::system("example"), RequestId::parse("req_example")?);
    let done = RemoveAccessibleLock::new(commands, Arc::new(locks)).execute(&request, command).await?;
    println!("revoked at the third try; the stream is at version {}", done.value.version);
    assert_eq!(done.value.version, Version::new(8));
    Ok(())
}
