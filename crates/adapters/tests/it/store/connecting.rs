//! Connecting, and the schema.

use portcullis_adapters::store::{DatabaseOptions, Fault, SchemaState, SeaStore};
use portcullis_domain::port::CommitError;
use portcullis_testkit::build::a_person;
use portcullis_testkit::fake::TestClock;
use std::sync::Arc;
use std::time::Duration;

use super::on_each_database;
use crate::harness::{Sea, sealer};

on_each_database!(
    a_schema_is_empty_then_current_then_newer,
    migrating_again_and_at_once_does_nothing,
    a_closed_store_says_so
);

async fn open(url: &str) -> Result<SeaStore, Fault> {
    SeaStore::open(&DatabaseOptions::new(url), sealer(), Arc::new(TestClock::default())).await
}

async fn a_schema_is_empty_then_current_then_newer(sea: &Sea) {
    assert_eq!(sea.store.schema_state().await.unwrap(), SchemaState::Current);
    sea.execute("INSERT INTO schema_versions (version, at) VALUES (99, 0)").await;
    assert_eq!(sea.store.schema_state().await.unwrap(), SchemaState::Newer);
    assert_eq!(sea.store.migrate().await, Err(Fault::Newer));
    for table in sea.tables().await {
        sea.execute(&format!("DROP TABLE {table}")).await;
    }
    assert_eq!(sea.store.schema_state().await.unwrap(), SchemaState::Empty);
    assert!(matches!(a_person().commit().commit(&sea.store).await, Err(CommitError::Unavailable(_))));
    sea.store.migrate().await.unwrap();
    assert_eq!(sea.store.schema_state().await.unwrap(), SchemaState::Current);
    a_person().put(&sea.store).await;
    sea.store.ping().await.unwrap();
}

async fn migrating_again_and_at_once_does_nothing(sea: &Sea) {
    let other = sea.another().await;
    let versions = sea.number("SELECT count(*) FROM schema_versions").await;
    let (one, two) = tokio::join!(sea.store.migrate(), other.migrate());
    assert_eq!((one, two), (Ok(()), Ok(())));
    assert_eq!(sea.number("SELECT count(*) FROM schema_versions").await, versions);
    other.close().await;
}

async fn a_closed_store_says_so(sea: &Sea) {
    // It fails, and does not hang.
    sea.store.close().await;
    assert!(sea.store.ping().await.is_err());
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    for url in ["", "mysql://x", "sqlite://", "sqlite://:memory:", "sqlite://a?mode=ro", "postgres://u:secret@h:port/d"]
    {
        assert_eq!(open(url).await.err(), Some(Fault::Address), "{url}");
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_told_without_its_password() {
    let url = "postgres://portcullis:hunter2@127.0.0.1:1/portcullis";
    let opened = tokio::time::timeout(Duration::from_secs(20), open(url)).await.unwrap();
    let fault = opened.err().unwrap();
    assert!(matches!(fault, Fault::Unreachable(_)), "{fault:?}");
    let told = format!("{fault} {fault:?} {:?}", DatabaseOptions::new(url));
    assert!(!told.contains("hunter2"), "{told}");
    assert!(matches!(open("sqlite:///nowhere/at/all.db").await.err(), Some(Fault::NotServing(_))));
}

#[tokio::test]
async fn sqlite_is_set_to_survive_a_power_cut() {
    let sea = Sea::sqlite().await;
    assert_eq!(sea.column("PRAGMA journal_mode").await, ["wal"]);
}
