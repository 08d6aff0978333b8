//! One serving process an embedded database.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::StartError;
use crate::config::DatabaseKind;

/// Held while serving; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct ServingLock(#[expect(dead_code, reason = "held for its lock")] Option<File>);

impl ServingLock {
    /// Takes the lock; a server database needs none.
    pub fn take(kind: &DatabaseKind) -> Result<Self, StartError> {
        let DatabaseKind::Sqlite(database) = kind else { return Ok(Self(None)) };
        let path = Self::beside(database);
        let failed = |error| StartError::File(path.clone(), error);
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Some(file))),
            Err(TryLockError::WouldBlock) => Err(StartError::AlreadyServing(path)),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// The file that is locked for a database.
    pub(super) fn beside(database: &Path) -> PathBuf {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        PathBuf::from(name)
    }
}
