//! Sealing: how secrets lie in the database.
//!
//! Stored bytes are `version (1) | key id (4) | nonce (24) | ciphertext`, with XChaCha20-Poly1305, whose nonces are long
//! enough to be random. What is sealed is bound to its [`Place`], so that nobody who can write to the database can move
//! one person's secret into another's row. The newest key seals; any known key opens, so that keys can be changed
//! without rewriting everything at once.

use std::fmt;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use portcullis_domain::entropy::Entropy;
use sha2::Sha256;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const NONCE: usize = 24;
const HEADER: usize = 1 + KEY_ID + NONCE;

/// A master key of 32 bytes. Used for nothing but deriving keys, one for each purpose.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// Takes over 32 random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key for one purpose.
    fn derive(&self, purpose: &str) -> [u8; 32] {
        hmac(&self.0, &[b"portcullis/v1/", purpose.as_bytes()])
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

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
    #[error("the sealed value belongs to a key that is not configured")]
    UnknownKey,
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

struct SealingKey {
    id: [u8; KEY_ID],
    cipher: XChaCha20Poly1305,
}

impl SealingKey {
    fn of(master: &MasterKey) -> Self {
        let mut key = master.derive("seal");
        let named = master.derive("key-id");
        let cipher = XChaCha20Poly1305::new(&key.into());
        key.zeroize();
        Self { id: [named[0], named[1], named[2], named[3]], cipher }
    }
}

/// Seals and opens secrets, and makes keyed hashes.
pub struct Sealer {
    newest: SealingKey,
    older: Vec<SealingKey>,
    hashing: [u8; 32],
    entropy: Arc<dyn Entropy>,
}

impl Sealer {
    /// Takes master keys, the newest first.
    pub fn new(masters: &[MasterKey], entropy: Arc<dyn Entropy>) -> Result<Self, SealError> {
        let (newest, older) = masters.split_first().ok_or(SealError::NoKey)?;
        Ok(Self {
            newest: SealingKey::of(newest),
            older: older.iter().map(SealingKey::of).collect(),
            hashing: newest.derive("keyed-hash"),
            entropy,
        })
    }

    /// Seals bytes for a place, with a new nonce each time.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0_u8; NONCE];
        self.entropy.fill(&mut nonce);
        let payload = Payload { msg: plain, aad: &place.aad() };
        let sealed = self.newest.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::TooLong)?;
        let mut bytes = Vec::with_capacity(HEADER + sealed.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.newest.id);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(bytes)
    }

    /// Opens what was sealed for the same place.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (&[version, ref id @ .., _], _) = sealed.split_first_chunk::<{ KEY_ID + 2 }>().ok_or(SealError::Form)?;
        if version != VERSION {
            return Err(SealError::Form);
        }
        let (nonce, message) = sealed[1 + KEY_ID..].split_first_chunk::<NONCE>().ok_or(SealError::Form)?;
        let mut keys = std::iter::once(&self.newest).chain(&self.older);
        let key = keys.find(|key| key.id == *id).ok_or(SealError::UnknownKey)?;
        let payload = Payload { msg: message, aad: &place.aad() };
        key.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Forged)
    }

    /// Opens sealed text.
    pub fn open_text(&self, place: Place<'_>, sealed: &[u8]) -> Result<String, SealError> {
        String::from_utf8(self.open(place, sealed)?).map_err(|_| SealError::NotText)
    }

    /// A hash only the holder of the master key can make: equal inputs show as equal, and nothing else shows. Inputs of
    /// different purposes never meet. The newest key makes it, so a change of keys changes every hash.
    pub fn keyed_hash(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        let length = u64::try_from(purpose.len()).unwrap_or(u64::MAX).to_be_bytes();
        hmac(&self.hashing, &[&length, purpose.as_bytes(), data])
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({} keys)", 1 + self.older.len())
    }
}

impl Drop for Sealer {
    fn drop(&mut self) {
        self.hashing.zeroize();
    }
}
