//! Sealing: how secrets lie in the database.
//!
//! Stored bytes are `version (1) | key id (4) | nonce (24) | ciphertext`, with XChaCha20-Poly1305, whose nonces are long
//! enough to be random. What is sealed is bound to its [`Place`], so that nobody who can write to the database can move
//! one person's secret into another's row. The newest key seals; any known key opens, so that keys can be changed
//! without rewriting everything at once. A value no known key opens makes the keys be looked for again where they come
//! from: another process may have been given a new one.

mod key;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead, Payload};
use portcullis_domain::entropy::Entropy;
use thiserror::Error;

use self::key::SealingKey;
pub use self::key::{HashingKey, KeyId, MasterKey};

const VERSION: u8 = 1;
const NONCE: usize = 24;
const HEADER: usize = 1 + KeyId::LENGTH + NONCE;

/// Why something could not be sealed or opened. Carries nothing of what it was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealError {
    /// A sealer needs at least one key.
    #[error("no master key was given")]
    NoKey,
    /// The bytes are no sealed value of a known version.
    #[error("the sealed value has an unknown form")]
    Form,
    /// The value was sealed with a key that is not among the known ones.
    #[error("the sealed value belongs to the master key {0}, which is not configured")]
    UnknownKey(KeyId),
    /// The value was changed, or belongs to another place.
    #[error("the sealed value does not belong here or was changed")]
    Forged,
    /// What was opened is no text.
    #[error("the sealed value is no text")]
    NotText,
    /// The value is too long to seal.
    #[error("the value is too long to seal")]
    TooLong,
}

/// Where a sealed value lives; opening it anywhere else fails.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The row's key.
    pub row: &'a str,
    /// The column.
    pub purpose: &'static str,
}

impl Place<'_> {
    fn aad(&self) -> Vec<u8> {
        format!("v1|{}|{}|{}", self.table, self.row, self.purpose).into_bytes()
    }
}

/// Where master keys come from, so that they can be looked for again while a process runs.
pub trait MasterKeySource: Send + Sync {
    /// The keys as they are there now, the newest first; none while they cannot be read.
    fn load(&self) -> Option<Vec<MasterKey>>;
}

/// The keys at one time.
struct Keys {
    newest: SealingKey,
    older: Vec<SealingKey>,
}

impl Keys {
    fn of(masters: &[MasterKey]) -> Result<Self, SealError> {
        let (newest, older) = masters.split_first().ok_or(SealError::NoKey)?;
        Ok(Self { newest: SealingKey::of(newest), older: older.iter().map(SealingKey::of).collect() })
    }

    fn all(&self) -> impl Iterator<Item = &SealingKey> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    fn ids(&self) -> Vec<KeyId> {
        self.all().map(|key| key.id).collect()
    }
}

/// Seals and opens secrets.
pub struct Sealer {
    keys: RwLock<Arc<Keys>>,
    source: Option<Arc<dyn MasterKeySource>>,
    entropy: Arc<dyn Entropy>,
}

impl Sealer {
    /// Takes master keys, the newest first.
    pub fn new(masters: &[MasterKey], entropy: Arc<dyn Entropy>) -> Result<Self, SealError> {
        Ok(Self { keys: RwLock::new(Arc::new(Keys::of(masters)?)), source: None, entropy })
    }

    /// Looks for the keys there again when a value turns up that none of the known ones opens, and when asked to.
    #[must_use]
    pub fn with_source(self, source: Arc<dyn MasterKeySource>) -> Self {
        Self { source: Some(source), ..self }
    }

    fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks for the keys again where they come from. Says whether they are others than before.
    pub fn refresh(&self) -> bool {
        let Some(masters) = self.source.as_ref().and_then(|source| source.load()) else { return false };
        let Ok(found) = Keys::of(&masters) else { return false };
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let changed = found.ids() != keys.ids();
        if changed {
            *keys = Arc::new(found);
        }
        changed
    }

    /// What the keys are called, the newest first.
    pub fn key_ids(&self) -> Vec<KeyId> {
        self.keys().ids()
    }

    /// What a service begins with that has no key of hashes yet: it follows from the newest master key.
    pub(crate) fn first_hashing_key(&self) -> HashingKey {
        self.keys().newest.first_hashing.clone()
    }

    /// Seals bytes for a place with the newest key, with a new nonce each time.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0_u8; NONCE];
        self.entropy.fill(&mut nonce);
        let payload = Payload { msg: plain, aad: &place.aad() };
        let newest = &self.keys().newest;
        let sealed = newest.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::TooLong)?;
        let mut bytes = Vec::with_capacity(HEADER + sealed.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&newest.id.0);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(bytes)
    }

    /// Opens what was sealed for the same place.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let id = sealed_with(sealed)?;
        let (nonce, message) = sealed[1 + KeyId::LENGTH..].split_first_chunk::<NONCE>().ok_or(SealError::Form)?;
        let mut keys = self.keys();
        if !keys.all().any(|key| key.id == id) && self.refresh() {
            keys = self.keys();
        }
        let key = keys.all().find(|key| key.id == id).ok_or(SealError::UnknownKey(id))?;
        let payload = Payload { msg: message, aad: &place.aad() };
        key.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Forged)
    }

    /// Opens sealed text.
    pub fn open_text(&self, place: Place<'_>, sealed: &[u8]) -> Result<String, SealError> {
        String::from_utf8(self.open(place, sealed)?).map_err(|_| SealError::NotText)
    }
}

/// What the key is called that a value was sealed with.
pub fn sealed_with(sealed: &[u8]) -> Result<KeyId, SealError> {
    let (&[version, ref id @ .., _], _) = sealed.split_first_chunk::<{ KeyId::LENGTH + 2 }>().ok_or(SealError::Form)?;
    if version == VERSION { Ok(KeyId(*id)) } else { Err(SealError::Form) }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({} keys)", self.keys().ids().len())
    }
}
