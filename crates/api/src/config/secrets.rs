//! The settings of the keys that seal secrets.

use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use portcullis_domain::secret::Secret;

use super::{DatabaseKind, Effective};

/// Name of the master key's file beside an embedded database.
const MASTER_KEY_FILE: &str = "master.key";

/// Where the newest master key comes from.
#[derive(Debug, Clone)]
pub enum MasterKeyConfig {
    /// From the configuration.
    Given(Secret<[u8; 32]>),
    /// From a file, which is made on the first start of an embedded database. It holds a key a line, the newest first.
    File(PathBuf),
}

/// The master keys.
#[derive(Debug, Clone)]
pub struct SecretsConfig {
    /// What seals.
    pub newest: MasterKeyConfig,
    /// What opens, too.
    pub older: Vec<Secret<[u8; 32]>>,
    /// A file with more of these, one a line.
    pub older_file: Option<PathBuf>,
}

/// A master key as text.
pub(crate) fn master_key(text: &str) -> Result<[u8; 32], &'static str> {
    let bytes = BASE64_STANDARD.decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.ok_or("must be 32 bytes in base64")
}

impl Effective {
    pub(super) fn secrets(&mut self, database: Option<&DatabaseKind>) -> Option<SecretsConfig> {
        let newest = self.newest_key(database);
        let older = self.older_keys();
        let older_file = self.path("secrets.older_master_keys_file");
        Some(SecretsConfig { newest: newest?, older, older_file })
    }

    fn newest_key(&mut self, database: Option<&DatabaseKind>) -> Option<MasterKeyConfig> {
        const KEY: &str = "secrets.master_key";
        let file = self.path("secrets.master_key_file");
        let given = self.parsed(KEY, master_key);
        self.redact(KEY);
        match (given, file) {
            (Some(_), Some(_)) => {
                self.fault(KEY, "give either this or secrets.master_key_file");
                None
            }
            (Some(key), None) => Some(MasterKeyConfig::Given(Secret::new(key))),
            (None, Some(file)) => Some(MasterKeyConfig::File(file)),
            (None, None) => {
                if let Some(file) = database?.beside(MASTER_KEY_FILE) {
                    Some(MasterKeyConfig::File(file))
                } else {
                    self.fault(KEY, "this or secrets.master_key_file is needed with Postgres");
                    None
                }
            }
        }
    }

    fn older_keys(&mut self) -> Vec<Secret<[u8; 32]>> {
        const KEY: &str = "secrets.older_master_keys";
        let mut keys = Vec::new();
        for text in self.list(KEY) {
            match master_key(&text) {
                Ok(key) => keys.push(Secret::new(key)),
                Err(fault) => self.fault(KEY, format_args!("each {fault}")),
            }
        }
        self.redact(KEY);
        keys
    }
}
