//! Changing the sealing key beside whoever reads and writes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use portcullis_adapters::seal::{KeyId, MasterKey, SealError};
use portcullis_adapters::store::{Fault, SeaStore, SealCensus};
use portcullis_domain::commit::PrivateChange;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{EventStore, Outbox, ThreeDEyeAccounts, TotpStore};
use portcullis_domain::totp::{Totp, TotpSecret};
use portcullis_testkit::build::{NOON, a_commit, a_mapping, a_message, a_person, a_totp, a_user_id, an_answer, millis};

use super::on_each_database;
use super::secrets::cells;
use crate::harness::Sea;

on_each_database!(
    everything_opens_with_the_new_key_alone,
    a_census_writes_nothing,
    what_no_key_opens_is_told_and_left,
    hashes_outlive_the_master_key,
    writers_go_on_meanwhile,
);

fn id(byte: u8) -> KeyId {
    MasterKey::new([byte; 32]).id()
}

fn counted(census: &SealCensus) -> [u64; 3] {
    [census.under_newest(), census.under_older(), census.unopened()]
}

/// A secret of every kind; eight sealed values with the key of hashes.
async fn secrets(sea: &Sea) -> UserId {
    let user = a_person().put(&sea.store).await;
    let pending = Totp { pending: Some(TotpSecret::new("PENDING234567")), ..Totp::empty(a_user_id()) };
    a_commit()
        .private(PrivateChange::Totp(a_totp(user)))
        .private(PrivateChange::Totp(pending))
        .private(PrivateChange::ThreeDEye(a_mapping(user)))
        .message(a_message("one"))
        .message(a_message("two"))
        .answer(an_answer(1, 2, "once shown outcome", millis(i64::MAX)))
        .put(&sea.store)
        .await;
    a_commit().answer(an_answer(255, 2, "another", millis(i64::MAX))).put(&sea.store).await;
    sea.store.hashing_key().await.unwrap();
    user
}

/// Bytes sealed with a key lie in no cell of any table, wherever it may be.
async fn lies_nowhere(sea: &Sea, key: KeyId) -> bool {
    let id = key.to_string();
    let id: Vec<u8> = (0..4).map(|n| u8::from_str_radix(&id[2 * n..2 * n + 2], 16).unwrap()).collect();
    let begin = [&[1][..], &id].concat();
    cells(sea).await.iter().all(|cell| !cell.starts_with(&begin))
}

async fn everything_opens_with_the_new_key_alone(sea: &Sea) {
    let user = secrets(sea).await;
    assert!(!lies_nowhere(sea, id(7)).await, "the cells are looked at");
    let rotating = sea.with_keys(&[8, 7]).await;
    assert_eq!(counted(&rotating.seal_census().await.unwrap()), [0, 8, 0]);
    let done = rotating.reseal(&|_| {}).await.unwrap();
    assert_eq!((done.resealed, done.overtaken), (8, 0));
    assert_eq!(counted(&done.census), [8, 0, 0]);
    assert!(lies_nowhere(sea, id(7)).await, "a place is missing in the list of sealed columns");
    assert_eq!(rotating.reseal(&|_| {}).await.unwrap().resealed, 0, "a second time there is nothing to do");

    let store = sea.with_keys(&[8]).await;
    let factor = TotpStore::find(&store, user).await.unwrap();
    assert_eq!(factor.totp, Some(a_totp(user)));
    let camera = ThreeDEyeAccounts::find(&store, user).await.unwrap();
    assert_eq!(camera.mapping, Some(a_mapping(user)));
    assert!(store.due(NOON, 9).await.unwrap().iter().all(|entry| entry.payload.is_some()));
    assert_eq!(store.recall(&[1; 32]).await.unwrap().unwrap().outcome.expose(), "once shown outcome");
    assert_eq!(store.recall(&[255; 32]).await.unwrap().unwrap().outcome.expose(), "another");
    assert_eq!(sea.store.hashing_key().await.unwrap_err(), Fault::Seal(SealError::UnknownKey(id(8))));
}

async fn a_census_writes_nothing(sea: &Sea) {
    secrets(sea).await;
    let before = cells(sea).await;
    let census = sea.with_keys(&[8, 7, 6]).await.seal_census().await.unwrap();
    assert_eq!(census.values, BTreeMap::from([(id(8), 0), (id(7), 8), (id(6), 0)]));
    assert_eq!(cells(sea).await, before);
}

async fn what_no_key_opens_is_told_and_left(sea: &Sea) {
    let user = secrets(sea).await;
    let before = cells(sea).await;
    // The old key is not known here: its values stay as they are, for whoever has it.
    let done = sea.with_keys(&[8]).await.reseal(&|_| {}).await.unwrap();
    assert_eq!((done.resealed, counted(&done.census)), (0, [0, 0, 8]));
    assert_eq!(cells(sea).await, before);
    // Of one that belongs elsewhere, or was changed, the rest does not suffer.
    sea.execute(&format!("UPDATE private_totp SET pending = secret WHERE user_id = '{user}'")).await;
    let done = sea.with_keys(&[8, 7]).await.reseal(&|_| {}).await.unwrap();
    assert_eq!((done.resealed, done.census.damaged, counted(&done.census)), (8, 1, [8, 0, 1]));
}

async fn hashes_outlive_the_master_key(sea: &Sea) {
    let hash = async |store: &SeaStore| store.hashing_key().await.unwrap().keyed_hash("scope", b"data");
    let before = hash(&sea.store).await;
    let both = sea.with_keys(&[8, 7]).await;
    assert_eq!(hash(&both).await, before);
    both.reseal(&|_| {}).await.unwrap();
    assert_eq!(hash(&sea.with_keys(&[8]).await).await, before);
    let key = both.hashing_key().await.unwrap();
    assert_ne!(key.keyed_hash("body", b"data"), before);
    assert_ne!(key.keyed_hash("scop", b"edata"), before, "purpose and data do not run together");
    assert_eq!(format!("{key:?}"), "HashingKey(…)");
}

/// Three processes, as while a new key is rolled out: one seals with the old key and knows the new one, one seals with
/// the new one, and a third changes the keys, over and over.
async fn writers_go_on_meanwhile(sea: &Sea) {
    sea.store.hashing_key().await.unwrap();
    let users: Vec<_> = (0..8).map(|_| a_user_id()).collect();
    let stores = [sea.with_keys(&[7, 8]).await, sea.with_keys(&[8, 7]).await];
    let rotating = sea.with_keys(&[8, 7]).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers = users.iter().enumerate().map(|(number, user)| {
        let (store, stop, user) = (stores[number % 2].clone(), Arc::clone(&stop), *user);
        tokio::spawn(async move {
            let mut last = a_totp(user);
            for round in 0_u64.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                last.last_step = Some(round);
                last.secret = Some(TotpSecret::new(format!("SECRET{round}")));
                a_commit().private(PrivateChange::Totp(last.clone())).put(&store).await;
                let found = TotpStore::find(&store, user).await.unwrap();
                assert_eq!(found.totp.as_ref(), Some(&last), "what was written is what is read");
            }
            last
        })
    });
    let writers: Vec<_> = writers.collect();
    let mut resealed = 0;
    for _ in 0..5 {
        resealed += rotating.reseal(&|_| {}).await.unwrap().resealed;
    }
    stop.store(true, Ordering::Relaxed);
    let mut last = Vec::new();
    for writer in writers {
        last.push(writer.await.unwrap());
    }
    assert!(resealed > 0, "nothing was sealed anew while they wrote");
    let done = rotating.reseal(&|_| {}).await.unwrap();
    assert_eq!(counted(&done.census), [9, 0, 0]);
    let alone = sea.with_keys(&[8]).await;
    for totp in last {
        assert_eq!(TotpStore::find(&alone, totp.user).await.unwrap().totp, Some(totp), "a secret was lost");
    }
}
