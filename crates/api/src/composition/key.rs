//! The master keys: reading them, making the first one, and putting a new one before the others.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use portcullis_adapters::seal::{MasterKey, MasterKeySource};
use portcullis_domain::entropy::Entropy;

use super::StartError;
use super::private_file::{replace_private, write_private};
use crate::config::{Config, DatabaseKind, MasterKeyConfig, SecretsConfig, master_key};

/// A new master key.
fn drawn(entropy: &dyn Entropy) -> [u8; 32] {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    bytes
}

/// A new master key as text, for whoever keeps keys elsewhere.
pub fn new_master_key(entropy: &dyn Entropy) -> String {
    BASE64_STANDARD.encode(drawn(entropy))
}

/// Reads the master keys, the newest first; makes one before the first start of an embedded database. With the database
/// there and the key gone a new key would only hide what was lost.
pub(super) fn masters(config: &Config, entropy: &dyn Entropy) -> Result<Vec<MasterKey>, StartError> {
    if let MasterKeyConfig::File(path) = &config.secrets.newest
        && !path.exists()
    {
        if !is_first_start(&config.database.kind) {
            return Err(StartError::MissingKey(path.clone()));
        }
        match write_private(path, &format!("{}\n", new_master_key(entropy))) {
            // Another process was quicker; its key counts.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            written => written.map_err(|error| StartError::File(path.clone(), error))?,
        }
    }
    read(&config.secrets)
}

fn read(secrets: &SecretsConfig) -> Result<Vec<MasterKey>, StartError> {
    let mut keys = match &secrets.newest {
        MasterKeyConfig::Given(key) => vec![MasterKey::new(*key.expose())],
        MasterKeyConfig::File(path) => in_file(path)?,
    };
    keys.extend(secrets.older.iter().map(|key| MasterKey::new(*key.expose())));
    if let Some(path) = &secrets.older_file {
        keys.extend(in_file(path)?);
    }
    // A key may be told twice, as while it moves from one place to the other.
    let mut seen = Vec::new();
    keys.retain(|key| {
        let is_new = !seen.contains(&key.id());
        seen.push(key.id());
        is_new
    });
    Ok(keys)
}

/// The keys in a file: one a line, at least one.
fn in_file(path: &Path) -> Result<Vec<MasterKey>, StartError> {
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => StartError::MissingKey(path.to_owned()),
        _ => StartError::File(path.to_owned(), error),
    })?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let keys: Result<Vec<_>, _> = lines.map(|line| master_key(line).map(MasterKey::new)).collect();
    let keys = keys.ok().filter(|keys| !keys.is_empty());
    keys.ok_or_else(|| StartError::MalformedKey(path.to_owned()))
}

/// Where keys are looked for again; none when all of them are in the configuration.
pub(super) fn source(secrets: &SecretsConfig) -> Option<KeyFiles> {
    let in_files = secrets.older_file.is_some() || matches!(secrets.newest, MasterKeyConfig::File(_));
    in_files.then(|| KeyFiles(secrets.clone()))
}

/// Key files, read again when asked.
pub(super) struct KeyFiles(SecretsConfig);

impl MasterKeySource for KeyFiles {
    fn load(&self) -> Option<Vec<MasterKey>> {
        read(&self.0).map_err(|error| tracing::warn!(%error, "the master keys cannot be read again")).ok()
    }
}

/// Why no new key was put into the file.
#[derive(Debug, thiserror::Error)]
pub enum NewKeyError {
    #[error("there is no key file: secrets.master_key is in the configuration")]
    NoFile,
    #[error(
        "other processes on this Postgres may not read this file, and could not open what is sealed with a key of it"
    )]
    Shared,
    #[error("{0} is there: another command is at work, or was broken off")]
    AtWork(PathBuf),
    #[error(transparent)]
    Keys(#[from] StartError),
}

/// Puts a new key before the others in the key file of an embedded database, and says which file that is. Processes that
/// run take it up by themselves.
pub fn put_new_key(config: &Config, entropy: &dyn Entropy) -> Result<PathBuf, NewKeyError> {
    let MasterKeyConfig::File(path) = &config.secrets.newest else { return Err(NewKeyError::NoFile) };
    if matches!(config.database.kind, DatabaseKind::Postgres) {
        return Err(NewKeyError::Shared);
    }
    // What is there must be in order first.
    in_file(path)?;
    let failed = |error| NewKeyError::Keys(StartError::File(path.clone(), error));
    let mut beside = path.clone().into_os_string();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let before = fs::read_to_string(path).map_err(failed)?;
    let text = format!("{}\n{before}", new_master_key(entropy));
    replace_private(path, &beside, &text).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => NewKeyError::AtWork(beside),
        _ => failed(error),
    })?;
    Ok(path.clone())
}

fn is_first_start(kind: &DatabaseKind) -> bool {
    match kind {
        DatabaseKind::Sqlite(file) => fs::metadata(file).map_or(true, |there| there.len() == 0),
        DatabaseKind::Postgres => false,
    }
}
