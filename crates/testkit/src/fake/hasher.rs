//! Hashing without the wait.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use portcullis_domain::port::{Crowded, Hasher, Unavailable};
use portcullis_domain::secret::Secret;
use portcullis_domain::totp::BackupCodes;
use portcullis_domain::user::{PasswordDigest, PasswordHash};
use sha2::{Digest, Sha256};

/// Hashes in the same manner as the real one, but at once and repeatably: `digest` is SHA-256, the slow hashes are
/// quick ones.
#[derive(Debug, Default)]
pub struct FakeHasher {
    salts: AtomicU64,
    slow: AtomicU64,
    busy: AtomicBool,
}

impl FakeHasher {
    /// A hasher.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes it answer `Unavailable`, as when too many wait; or no longer.
    pub fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::SeqCst);
    }

    /// What a client sends instead of a password: its SHA-256 in hex.
    pub fn password_digest(password: &str) -> PasswordDigest {
        PasswordDigest::parse(&hex(&sha256(&[password.as_bytes()]))).expect("64 hex digits")
    }

    /// The hash [`Hasher::hash_password`] makes of a password.
    pub fn password_hash(password: &str) -> PasswordHash {
        hash_of(&Self::password_digest(password))
    }

    /// How many slow hashes were made or asked for so far: the work a real one would have had.
    pub fn slow_hashes(&self) -> u64 {
        self.slow.load(Ordering::SeqCst)
    }

    /// Counts the slow hashes of one call.
    fn ready(&self, hashes: usize) -> Result<(), Unavailable> {
        self.slow.fetch_add(hashes as u64, Ordering::SeqCst);
        if self.busy.load(Ordering::SeqCst) { Err(Unavailable::new(Crowded("hashes"))) } else { Ok(()) }
    }
}

pub(super) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("text takes everything");
        text
    })
}

fn hash_of(digest: &PasswordDigest) -> PasswordHash {
    PasswordHash::new(format!("$fake${}", digest.expose()))
}

#[async_trait]
impl Hasher for FakeHasher {
    async fn hash_password(&self, digest: &PasswordDigest) -> Result<PasswordHash, Unavailable> {
        self.ready(1)?;
        Ok(hash_of(digest))
    }

    async fn verify_password(&self, digest: &PasswordDigest, hash: Option<PasswordHash>) -> Result<bool, Unavailable> {
        self.ready(1)?;
        Ok(hash.is_some_and(|hash| hash == hash_of(digest)))
    }

    async fn hash_backup_codes(&self, codes: &[Secret<String>]) -> Result<BackupCodes, Unavailable> {
        self.ready(codes.len())?;
        let salt = self.salts.fetch_add(1, Ordering::SeqCst).to_be_bytes().to_vec();
        let hashes = codes.iter().map(|code| sha256(&[&salt, code.expose().as_bytes()])).collect();
        Ok(BackupCodes { salt, hashes })
    }

    async fn find_backup_code(
        &self,
        code: &Secret<String>,
        among: &BackupCodes,
    ) -> Result<Option<[u8; 32]>, Unavailable> {
        self.ready(1)?;
        let hash = sha256(&[&among.salt, code.expose().as_bytes()]);
        Ok(among.hashes.contains(&hash).then_some(hash))
    }

    fn digest(&self, secret: &[u8]) -> [u8; 32] {
        sha256(&[secret])
    }
}
