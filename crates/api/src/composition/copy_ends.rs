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
        if let (Err(fault), Some(file)) = (&copied, &self.made)
            && !matches!(fault, CopyFault::Unconfirmed(_))
        {
            for part in ["", "-wal", "-shm", ".lock"] {
                let mut name = file.clone().into_os_string();
                name.push(part);
                // What is not there need not go, and what stays is empty.
                let _ = fs::remove_file(name);
            }
        }
        copied
    }
}

/// Do two paths lead to one file? One that is not there is no other's.
fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
