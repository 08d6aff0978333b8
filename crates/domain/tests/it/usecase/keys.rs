//! Keys of organisations, as callers meet them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use portcullis_domain::entropy::Entropy;
use portcullis_domain::event::Version;
use portcullis_domain::ids::OrgId;
use portcullis_domain::org::{ApiKeyText, OrgRefusal};
use portcullis_domain::port::ApiKeys;
use portcullis_domain::usecase::org::{
    CreateApiKey, KeyOrder, KeyQuery, ListApiKeys, NewApiKey, RecordKeyUse, RevokeApiKey, RotateApiKey,
};
use portcullis_domain::usecase::{Commands, Outcome, UseCaseError};
use portcullis_testkit::build::{free, org};

use super::world::{World, key_of, keyed, request, staff};

fn order(of: &OrgId, name: Option<&str>) -> KeyOrder {
    KeyOrder { org: of.clone(), org_name: name.map(free), is_super: false, expires_at: None }
}

type Made = Result<Outcome<NewApiKey>, UseCaseError<OrgRefusal>>;

#[track_caller]
fn refused(made: Made) -> OrgRefusal {
    match made {
        Err(UseCaseError::Refused { refusal, .. }) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

impl World {
    fn creating(&self) -> CreateApiKey {
        self.creating_with(self.commands())
    }

    fn creating_with(&self, commands: Commands) -> CreateApiKey {
        CreateApiKey::new(commands, self.store.clone(), self.hasher.clone())
    }

    fn rotating(&self) -> RotateApiKey {
        RotateApiKey::new(self.commands(), self.store.clone(), self.hasher.clone())
    }

    fn revoking(&self) -> RevokeApiKey {
        RevokeApiKey::new(self.commands(), self.store.clone())
    }

    async fn works(&self, key: &ApiKeyText) -> bool {
        let stored = ApiKeys::find(self.store.as_ref(), key.prefix()).await.unwrap();
        stored.is_some_and(|stored| stored.works(self.commands().clock.now()))
    }
}

#[tokio::test]
async fn a_repeat_is_shown_the_first_key() {
    let (world, acme) = (World::new(), org("acme"));
    let plain = request(staff());
    let named = order(&acme, Some("Acme Ltd"));
    let first = world.creating().execute(&keyed(&plain, 1, 1), named.clone()).await.unwrap();
    let again = world.creating().execute(&keyed(&plain, 1, 1), named.clone()).await.unwrap();
    assert!(!first.replayed && again.replayed);
    assert_eq!(first.value, again.value);
    assert!(world.works(&first.value.key).await);
    assert_eq!((first.value.created_by.as_str(), first.value.version), ("staff-1", Version::new(2)));
    assert_eq!(refused(world.creating().execute(&plain, named).await), OrgRefusal::ActiveKeyExists);

    let old = first.value.key;
    let rotated = world.rotating().execute(&keyed(&plain, 2, 1), old.prefix().clone(), Some(free("leaked"))).await;
    let again = world.rotating().execute(&keyed(&plain, 2, 1), old.prefix().clone(), Some(free("leaked"))).await;
    let (rotated, again) = (rotated.unwrap(), again.unwrap());
    assert!(again.replayed);
    assert_eq!(rotated.value, again.value);
    assert!(!world.works(&old).await && world.works(&rotated.value.key).await);
    let told: Vec<_> = world.store.envelopes().into_iter().map(|event| (event.name, event.reason)).collect();
    let told: Vec<_> = told.iter().map(|(name, reason)| (name.as_str(), reason.is_some())).collect();
    let expected =
        [("TenantRegistered", false), ("ApiKeyCreated", false), ("ApiKeyRevoked", true), ("ApiKeyCreated", true)];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn only_staff_manages_keys() {
    let (world, acme) = (World::new(), org("acme"));
    let key = request(key_of("acme"));
    let made = world.creating().execute(&key, order(&acme, Some("Acme Ltd"))).await;
    assert!(matches!(made, Err(UseCaseError::Denied(_))));
    let own = world.creating().execute(&request(staff()), order(&acme, Some("Acme Ltd"))).await.unwrap().value.key;
    let rotated = world.rotating().execute(&key, own.prefix().clone(), None).await;
    assert!(matches!(rotated, Err(UseCaseError::Denied(_))));
    let revoked = world.revoking().execute(&key, own.prefix().clone(), None).await;
    assert!(matches!(revoked, Err(UseCaseError::Denied(_))));
    let query = KeyQuery { org: Some(acme), after: None, limit: 1 };
    let listed = ListApiKeys::new(world.store.clone()).execute(&key.caller, query).await;
    assert!(matches!(listed, Err(UseCaseError::Denied(_))));
    assert!(world.works(&own).await);
}

#[tokio::test]
async fn an_unknown_organisation_gets_no_key() {
    let (world, acme) = (World::new(), org("acme"));
    let plain = request(staff());
    let refusal = refused(world.creating().execute(&keyed(&plain, 1, 1), order(&acme, None)).await);
    assert_eq!(refusal, OrgRefusal::NotRegistered);
    // A refusal is remembered, too.
    world.creating().execute(&plain, order(&acme, Some("Acme Ltd"))).await.unwrap();
    let refusal = refused(world.creating().execute(&keyed(&plain, 1, 1), order(&acme, None)).await);
    assert_eq!(refusal, OrgRefusal::NotRegistered);
}

/// Says the same twice before it goes on: what is drawn second has the public part of what was drawn first.
struct Stuttering {
    calls: AtomicUsize,
    salt: u8,
}

impl Stuttering {
    fn of(world: &World, salt: u8) -> Commands {
        Commands { entropy: Arc::new(Self { calls: AtomicUsize::new(0), salt }), ..world.commands() }
    }
}

impl Entropy for Stuttering {
    fn fill(&self, buffer: &mut [u8]) {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        // Ids draw 10 bytes, keys 64; only keys are to collide.
        let call = u8::try_from(call).unwrap();
        buffer.fill(if buffer.len() == 64 { call / 6 } else { call + self.salt });
    }
}

#[tokio::test]
async fn two_keys_never_share_their_public_part() {
    let world = World::new();
    let plain = request(staff());
    let orgs = [org("acme"), org("bolt")];
    // One after the other: the second finds the first one's.
    let first =
        world.creating_with(Stuttering::of(&world, 0)).execute(&plain, order(&orgs[0], Some("Acme"))).await.unwrap();
    let case = world.creating_with(Stuttering::of(&world, 100));
    let second = case.execute(&plain, order(&orgs[1], Some("Bolt"))).await.unwrap();
    assert_ne!(first.value.key.prefix(), second.value.key.prefix());
    // At the same time: neither finds the other's, and the guard tells.
    let (one, other) = (World::new(), [org("dusk"), org("echo")]);
    let (left, right) = ([0, 100].map(|salt| one.creating_with(Stuttering::of(&one, salt)))).into();
    let (left, right) = tokio::join!(
        left.execute(&plain, order(&other[0], Some("Dusk"))),
        right.execute(&plain, order(&other[1], Some("Echo")))
    );
    let (left, right) = (left.unwrap().value.key, right.unwrap().value.key);
    assert_ne!(left.prefix(), right.prefix());
    assert!(one.works(&left).await && one.works(&right).await);
}

#[tokio::test]
async fn uses_are_written_together_and_none_is_lost() {
    let world = World::new();
    let plain = request(staff());
    let orgs = ["acme", "bolt"].map(org);
    let mut keys = Vec::new();
    for owner in &orgs {
        keys.push(world.creating().execute(&plain, order(owner, Some("Name"))).await.unwrap().value.key);
    }
    let listing = ListApiKeys::new(world.store.clone());
    let last = async |owner: &OrgId| {
        let query = KeyQuery { org: Some(owner.clone()), after: None, limit: 9 };
        listing.execute(&staff(), query).await.unwrap().keys[0].last_used_at
    };
    let commits = || world.store.count_rows()["commits"];
    let uses = RecordKeyUse::new(world.commands());
    let first = world.commands().clock.now();
    for _ in 0..1000 {
        uses.note(keys[0].prefix());
        uses.note(keys[1].prefix());
    }
    let before = commits();
    world.store.fail_next_commits(1);
    uses.write(&plain).await.unwrap_err();
    assert_eq!(last(&orgs[0]).await, None);
    world.clock.advance(Duration::from_secs(5));
    uses.note(keys[1].prefix());
    uses.write(&plain).await.unwrap();
    assert_eq!(commits(), before + 1, "all keys in one commit");
    assert_eq!((last(&orgs[0]).await, last(&orgs[1]).await), (Some(first), Some(world.commands().clock.now())));
    uses.write(&plain).await.unwrap();
    assert_eq!(commits(), before + 1, "nothing used, nothing written");
    // A clock that steps back takes no use back.
    world.clock.step_back(Duration::from_mins(1));
    uses.note(keys[0].prefix());
    uses.write(&plain).await.unwrap();
    assert_eq!(last(&orgs[0]).await, Some(first));
}
