//! An issuer's keys in a file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::key_ring::{LARGEST, LoadFault};
use super::key_set::{KeySet, SetFault};

/// Is there a set in the file that can be used? Without a usable key it cannot, at a start.
pub fn check(path: &Path) -> Result<(), LoadFault> {
    if read(path)?.is_empty() { Err(SetFault::NoneUsable.into()) } else { Ok(()) }
}

pub(super) async fn load(path: PathBuf) -> Result<KeySet, LoadFault> {
    match tokio::task::spawn_blocking(move || read(&path)).await {
        Ok(read) => read,
        Err(failure) => Err(LoadFault::File(failure.into())),
    }
}

fn read(path: &Path) -> Result<KeySet, LoadFault> {
    let mut json = Vec::new();
    let limit = u64::try_from(LARGEST).unwrap_or(u64::MAX);
    File::open(path)
        .and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut json))
        .map_err(LoadFault::File)?;
    if json.len() > LARGEST {
        return Err(LoadFault::TooLarge);
    }
    Ok(KeySet::parse(&json)?)
}
