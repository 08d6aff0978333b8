//! Keys of organisations in the database.

use std::sync::Arc;

use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::hasher::Argon2Hasher;
use portcullis_domain::commit::IdempotencyKey;
use portcullis_domain::event::Position;
use portcullis_domain::ids::RequestId;
use portcullis_domain::policy::Caller;
use portcullis_domain::port::{ApiKeys, EventStore};
use portcullis_domain::usecase::org::{CreateApiKey, KeyOrder, RotateApiKey};
use portcullis_domain::usecase::{Commands, Request};
use portcullis_testkit::build::{a_key, free, org};
use sea_orm::DbBackend;

use super::migration::first_release;
use super::on_each_database;
use super::secrets::cells;
use crate::harness::Sea;

on_each_database!(a_key_is_nowhere_whole, keys_of_the_first_release_are_listed);

/// Not even in the answer that is remembered for a repeat of the request.
async fn a_key_is_nowhere_whole(sea: &Sea) {
    let store = Arc::new(sea.store.clone());
    let commands = Commands { events: store.clone(), clock: sea.clock.clone(), entropy: Arc::new(SystemEntropy) };
    let hasher = Arc::new(Argon2Hasher::new(Arc::new(SystemEntropy)));
    let request = |scope: u8| Request {
        idempotency: Some(IdempotencyKey { scope: [scope; 32], body: [1; 32] }),
        ..Request::plain(Caller::system("test"), RequestId::parse("req_test").unwrap())
    };
    let order = KeyOrder { org: org("acme"), org_name: Some(free("Acme Ltd")), is_super: false, expires_at: None };
    let creating = CreateApiKey::new(commands.clone(), store.clone(), hasher.clone());
    let made = creating.execute(&request(1), order.clone()).await.unwrap().value.key;
    let rotating = RotateApiKey::new(commands, store.clone(), hasher);
    let rotated = rotating.execute(&request(2), made.prefix().clone(), None).await.unwrap().value.key;

    let cells = cells(sea).await;
    for key in [&made, &rotated] {
        // The middle of it is in no cell, so neither is the whole.
        let secret = &key.expose()[8..36];
        let seen = |part: &str| cells.iter().any(|cell| cell.windows(part.len()).any(|bytes| bytes == part.as_bytes()));
        assert!(seen(key.prefix().as_str()) && seen(key.last_four()), "the cells are looked at");
        assert!(!seen(secret), "a key lies open in the database");
    }
    // And yet a repeat is shown it.
    let again = creating.execute(&request(1), order).await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.value.key, made);
}

async fn keys_of_the_first_release_are_listed(sea: &Sea) {
    let prefix = a_key(&org("acme")).put(&sea.store).await;
    let before = sea.store.keys(None, None, 9).await.unwrap();
    let events = sea.store.read_from(Position::START, 9).await.unwrap();
    first_release(sea, &events).await;
    let hash = match sea.backend() {
        DbBackend::Postgres => "decode(repeat('07', 32), 'hex')",
        _ => "unhex(replace(hex(zeroblob(32)), '00', '07'))",
    };
    sea.execute(&format!("INSERT INTO private_api_keys (prefix, hash) VALUES ('{prefix}', {hash})")).await;
    sea.store.migrate().await.unwrap();

    let listed = sea.store.keys(None, None, 9).await.unwrap();
    assert_eq!((listed.len(), &listed[0].view), (1, &before[0].view), "with the name of who made it");
    assert_eq!(listed[0].masked(), format!("{prefix}…"), "which end it had is not known");
    assert_eq!(ApiKeys::find(&sea.store, &prefix).await.unwrap().unwrap().hash, [7; 32]);
}
