//! Keys: master keys, what they are called, and the key of hashes.

use std::fmt;

use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A master key of 32 bytes. Used for nothing but deriving keys, one for each purpose.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// Takes over 32 random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What it is called.
    pub fn id(&self) -> KeyId {
        let [a, b, c, d, ..] = self.derive("key-id");
        KeyId([a, b, c, d])
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

/// What a master key is called: 8 hex digits that follow from the key and say nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(super) [u8; Self::LENGTH]);

impl KeyId {
    pub(super) const LENGTH: usize = 4;
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// What of a master key seals.
pub(super) struct SealingKey {
    pub(super) id: KeyId,
    pub(super) cipher: XChaCha20Poly1305,
    /// What a service that has no key of hashes yet begins with.
    pub(super) first_hashing: HashingKey,
}

impl SealingKey {
    pub(super) fn of(master: &MasterKey) -> Self {
        let mut key = master.derive("seal");
        let cipher = XChaCha20Poly1305::new(&key.into());
        key.zeroize();
        Self { id: master.id(), cipher, first_hashing: HashingKey(master.derive("keyed-hash")) }
    }
}

/// The key of keyed hashes. It lies sealed in the database and outlives every master key, so that hashes stay what they
/// are when master keys change.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct HashingKey([u8; 32]);

impl HashingKey {
    /// Takes over 32 bytes.
    pub(crate) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A hash only the holder of the key can make: equal inputs show as equal, and nothing else shows. Inputs of
    /// different purposes never meet.
    pub fn keyed_hash(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        let length = u64::try_from(purpose.len()).unwrap_or(u64::MAX).to_be_bytes();
        hmac(&self.0, &[&length, purpose.as_bytes(), data])
    }
}

impl fmt::Debug for HashingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashingKey(…)")
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
