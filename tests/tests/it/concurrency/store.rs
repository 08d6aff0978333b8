//! The database after everything has stopped.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use portcullis_adapters::clock::SystemClock;
use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::seal::{MasterKey, Sealer};
use portcullis_adapters::store::{DatabaseOptions, SeaStore};
use portcullis_tests::database::{self, Kind};

/// How many events there are in each stream, when positions have no gap and versions have none in their order.
pub(super) async fn streams(kind: Kind, url: &str) -> Result<BTreeMap<(String, String), i64>> {
    let mut versions = BTreeMap::new();
    for (expected, place) in (1..).zip(database::places(kind, url).await?) {
        ensure!(place.position == expected, "position {} where {expected} should be", place.position);
        let version = versions.entry(place.stream.clone()).or_insert(0);
        *version += 1;
        ensure!(place.version == *version, "{place:?} where version {version} should be");
    }
    Ok(versions)
}

/// Makes the views anew and compares; tells how many rows they have.
pub(super) async fn views_equal_a_rebuild(url: &str) -> Result<usize> {
    // Views hold no secret, so that any key will do.
    let sealer = Arc::new(Sealer::new(&[MasterKey::new([0; 32])], Arc::new(SystemEntropy))?);
    let store = SeaStore::open(&DatabaseOptions::new(url), sealer, Arc::new(SystemClock)).await?;
    let served = store.dump_views().await?;
    store.rebuild_views().await?;
    let rebuilt = store.dump_views().await?;
    store.close().await;
    let differing = served.lines().zip(rebuilt.lines()).find(|(served, rebuilt)| served != rebuilt);
    ensure!(served == rebuilt, "the views differ from a rebuild, first at {differing:?}");
    served.lines().find(|line| line.starts_with("view_grants ")).context("no grant is left: nothing was compared")?;
    Ok(served.lines().count())
}
