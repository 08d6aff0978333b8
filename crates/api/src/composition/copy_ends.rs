//! The two ends of a copy, and what a copy needs of this machine: files and locks.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use portcullis_adapters::clock::SystemClock;
use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::seal::Sealer;
use portcullis_adapters::store::{Copied, CopyFault, DatabaseOptions, copy};
use portcullis_domain::entropy::Entropy;
use portcullis_domain::secret::Secret;
use thiserror::Error;

use super::{ServingLock, StartError, private_file, sealer};
use crate::config::{Config, DatabaseKind};

/// What an embedded database without a table takes at most.
const PAGE: u64 = 4096;

/// Why the ends of a copy cannot be had. Nothing was touched.
#[derive(Debug, Error)]
pub enum CopyEndsError {
    #[error("--to must be sqlite://FILE or postgres://…")]
    Target,
    #[error("there is no database in {0}")]
    NoSource(PathBuf),
    #[error("source and target are the same database")]
    Same,
    #[error("the file {0} cannot be made")]
    NoTarget(PathBuf, #[source] io::Error),
    #[error(transparent)]
    Start(#[from] StartError),
}

/// The two ends. While this is held nobody begins to serve an embedded one.
pub struct CopyEnds {
    from: DatabaseOptions,
    to: DatabaseOptions,
    sealer: Arc<Sealer>,
    /// The file of the target, if it was made for this copy.
    made: Option<PathBuf>,
    _locks: [ServingLock; 2],
}

impl CopyEnds {
    /// Sees that there is a source, and prepares the target; `config` is that of the source.
    pub fn take(config: &Config, to: &Secret<String>) -> Result<Self, CopyEndsError> {
        let to_kind = DatabaseKind::of(to.expose()).ok_or(CopyEndsError::Target)?;
        let from_kind = &config.database.kind;
        if let DatabaseKind::Sqlite(file) = from_kind {
            // An empty file would become a database by being opened.
            if fs::metadata(file).map_or(true, |there| !there.is_file() || there.len() == 0) {
                return Err(CopyEndsError::NoSource(file.clone()));
            }
            if let DatabaseKind::Sqlite(other) = &to_kind
                && is_same(file, other)
            {
                return Err(CopyEndsError::Same);
            }
        }
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let sealer = sealer(config, &entropy)?;
        let from_lock = ServingLock::take(from_kind)?;
        let mut made = None;
        if let DatabaseKind::Sqlite(file) = &to_kind {
            let is_new = !file.exists();
            private_file::make_private(file).map_err(|error| CopyEndsError::NoTarget(file.clone(), error))?;
            made = is_new.then(|| file.clone());
        }
        let options = |url: &Secret<String>| DatabaseOptions::new(url.expose()).prepared(config.database.prepared);
        let (from, to) = (options(&config.database.url), options(to));
        Ok(Self { from, to, sealer, made, _locks: [from_lock, ServingLock::take(&to_kind)?] })
    }

    /// Copies. Of a target that was made for this and stayed empty nothing is left.
    pub async fn copy(self, watch: &(dyn Fn(u64, u64) + Sync)) -> Result<Copied, CopyFault> {
        let copied = copy(&self.from, &self.to, Arc::clone(&self.sealer), Arc::new(SystemClock), watch).await;
        if let (Err(_), Some(file)) = (&copied, &self.made)
            && is_empty(file)
        {
            for part in ["", "-wal", "-shm", ".lock"] {
                // What is not there need not go, and what stays is empty.
                let _ = fs::remove_file(with(file, part));
            }
        }
        copied
    }
}

/// Is there not even a table in an embedded database? Then it is one page at most, and nothing waits in its log. Others
/// may have filled it before the copy took its turn.
fn is_empty(file: &Path) -> bool {
    let length = |path: &Path| fs::metadata(path).map_or(0, |there| there.len());
    length(file) <= PAGE && length(&with(file, "-wal")) == 0
}

fn with(file: &Path, end: &str) -> PathBuf {
    let mut name = file.to_owned().into_os_string();
    name.push(end);
    PathBuf::from(name)
}

/// Do two paths lead to one file? One that is not there is no other's.
fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
