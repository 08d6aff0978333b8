//! The master key.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use portcullis_adapters::seal::MasterKey;
use portcullis_domain::entropy::Entropy;

use super::StartError;
use crate::config::{Config, DatabaseKind, MasterKeyConfig};

/// Reads the master key; makes one before the first start of an embedded database. With the database there and the key
/// gone a new key would only hide what was lost.
pub(super) fn master(config: &Config, entropy: &dyn Entropy) -> Result<MasterKey, StartError> {
    let path = match &config.master_key {
        MasterKeyConfig::Given(key) => return Ok(MasterKey::new(*key.expose())),
        MasterKeyConfig::File(path) => path,
    };
    match fs::read_to_string(path) {
        Ok(text) => decode(path, &text),
        Err(error) if error.kind() == io::ErrorKind::NotFound && is_first_start(&config.database.kind) => {
            let mut bytes = [0; 32];
            entropy.fill(&mut bytes);
            let text = format!("{}\n", BASE64_STANDARD.encode(bytes));
            match write_private(path, &text) {
                Ok(()) => Ok(MasterKey::new(bytes)),
                // Another process was quicker; its key counts.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    decode(path, &fs::read_to_string(path).map_err(|error| file(path, error))?)
                }
                Err(error) => Err(file(path, error)),
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StartError::MissingKey(path.clone())),
        Err(error) => Err(file(path, error)),
    }
}

fn decode(path: &Path, text: &str) -> Result<MasterKey, StartError> {
    let bytes = BASE64_STANDARD.decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.map(MasterKey::new).ok_or_else(|| StartError::MalformedKey(path.to_owned()))
}

fn is_first_start(kind: &DatabaseKind) -> bool {
    match kind {
        DatabaseKind::Sqlite(file) => fs::metadata(file).map_or(true, |there| there.len() == 0),
        DatabaseKind::Postgres => false,
    }
}

fn file(path: &Path, error: io::Error) -> StartError {
    StartError::File(path.to_owned(), error)
}

/// Makes a file nobody else may read, unless it is there already.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Makes a new file nobody else may read, durable before anything relies on it.
pub(super) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
