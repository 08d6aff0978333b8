//! What is left of the file a copy was to go to.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use portcullis_adapters::clock::SystemClock;
use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::seal::{MasterKey, Sealer};
use portcullis_adapters::store::{CopyFault, DatabaseOptions, SeaStore};
use portcullis_api::composition::CopyEnds;
use portcullis_api::config::{Sources, load};
use portcullis_domain::secret::Secret;
use tempfile::TempDir;

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// A store with a master key that is one byte all over.
async fn opened(file: &Path, key: u8) -> SeaStore {
    let sealer = Sealer::new(&[MasterKey::new([key; 32])], Arc::new(SystemEntropy)).unwrap();
    SeaStore::open(&DatabaseOptions::new(url(file)), Arc::new(sealer), Arc::new(SystemClock)).await.unwrap()
}

/// A source without a schema, and the ends of a copy, with the key 7, to a file that is made for it.
async fn ends(folder: &TempDir, key: u8) -> (SeaStore, CopyEnds, PathBuf) {
    let (from, to) = (folder.path().join("old.db"), folder.path().join("new.db"));
    let source = opened(&from, key).await;
    let setting = |name: &str, value: &str| (format!("PORTCULLIS__{name}"), value.to_owned());
    let environment = BTreeMap::from([
        setting("DATABASE__URL", &url(&from)),
        setting("SECRETS__MASTER_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="),
    ]);
    let config = load(Sources { file: None, environment: Some(&environment), overrides: &[] }).unwrap();
    let ends = CopyEnds::take(&config, &Secret::new(url(&to))).unwrap();
    (source, ends, to)
}

/// What somebody else does with the target while the copy is not there yet.
async fn fill(file: &Path) {
    let store = opened(file, 7).await;
    store.migrate().await.unwrap();
    store.hashing_key().await.unwrap();
    store.close().await;
}

/// Though the schema was made in it already, before a key was missed.
#[tokio::test(flavor = "multi_thread")]
async fn what_stayed_empty_goes() {
    let folder = TempDir::new().unwrap();
    let (source, ends, to) = ends(&folder, 9).await;
    source.migrate().await.unwrap();
    source.hashing_key().await.unwrap();
    source.close().await;
    assert!(to.exists());
    let fault = ends.copy(&|_, _| {}).await.unwrap_err();
    assert!(matches!(fault, CopyFault::UnknownKeys(_)), "{fault:?}");
    let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with("new")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Whatever the copy failed for.
#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_filled_stays() {
    for has_schema in [true, false] {
        let folder = TempDir::new().unwrap();
        let (source, ends, to) = ends(&folder, 7).await;
        if has_schema {
            source.migrate().await.unwrap();
        }
        source.close().await;
        fill(&to).await;
        let fault = ends.copy(&|_, _| {}).await.unwrap_err();
        let full = CopyFault::TargetRows("private_service_keys".to_owned());
        assert_eq!(fault, if has_schema { full } else { CopyFault::SourceEmpty });
        let there = opened(&to, 7).await;
        assert_eq!(there.seal_census().await.unwrap().under_newest(), 1);
        there.close().await;
    }
}
