//! One serving process an embedded database.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::PathBuf;

use super::StartError;
use crate::config::DatabaseKind;

/// Held while serving; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct ServingLock(#[expect(dead_code, reason = "held for its lock")] Option<File>);

impl ServingLock {
    /// Takes the lock; a server database needs none.
    pub fn take(kind: &DatabaseKind) -> Result<Self, StartError> {
        let DatabaseKind::Sqlite(database) = kind else { return Ok(Self(None)) };
        let mut name = database.clone().into_os_string();
        name.push(".lock");
        let path = PathBuf::from(name);
        let failed = |error| StartError::File(path.clone(), error);
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Some(file))),
            Err(TryLockError::WouldBlock) => Err(StartError::AlreadyServing(path)),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}
