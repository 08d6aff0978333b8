//! Slow hashes by argon2, fast ones by SHA-256.

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use portcullis_domain::entropy::Entropy;
use portcullis_domain::port::{Crowded, Hasher, Unavailable};
use portcullis_domain::secret::Secret;
use portcullis_domain::totp::BackupCodes;
use portcullis_domain::user::{PasswordDigest, PasswordHash};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;
use tokio::sync::Semaphore;

const SALT: usize = 16;

/// How many may wait for each slot: at some 50 ms a hash their wait is well within [`PATIENCE`]. Who comes when all places
/// are taken is sent away at once, so a flood of sign-ins costs no memory but that of its requests.
pub const WAITING_PER_SLOT: usize = 64;

/// Longest wait for a free slot before a caller is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);

const CROWDED: Crowded = Crowded("the hashing of passwords and codes");

#[derive(Debug, Error)]
enum HashingError {
    #[error("hashing was stopped")]
    Stopped,
    #[error("argon2 failed")]
    Argon(#[source] argon2::Error),
    #[error("a password hash could not be made")]
    Phc,
}

impl From<HashingError> for Unavailable {
    fn from(error: HashingError) -> Self {
        Self::new(error)
    }
}

/// argon2id with 19 MiB and 2 passes, at most one at a time on each core: each takes memory, and more at once would not
/// be faster. A bounded number waits; the others are told to come back.
#[derive(Clone)]
pub struct Argon2Hasher {
    slots: Arc<Semaphore>,
    /// Slots and places to wait at one.
    places: Arc<Semaphore>,
    most: HashingLoad,
    entropy: Arc<dyn Entropy>,
}

/// How much hashing there is, or may be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashingLoad {
    /// Hashes being made, each on a thread of its own.
    pub working: usize,
    /// Callers that wait for one to be done.
    pub waiting: usize,
}

impl Argon2Hasher {
    /// One slot a core, and [`WAITING_PER_SLOT`].
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        let slots = std::thread::available_parallelism().map_or(2, NonZero::get);
        Self::bounded(entropy, HashingLoad { working: slots, waiting: slots * WAITING_PER_SLOT })
    }

    /// With bounds of one's own.
    pub fn bounded(entropy: Arc<dyn Entropy>, most: HashingLoad) -> Self {
        let HashingLoad { working, waiting } = most;
        let (slots, places) = (Arc::new(Semaphore::new(working)), Arc::new(Semaphore::new(working + waiting)));
        Self { slots, places, most, entropy }
    }

    /// How much hashing there is at present.
    pub fn load(&self) -> HashingLoad {
        let HashingLoad { working, waiting } = self.most;
        let taken = (working + waiting).saturating_sub(self.places.available_permits());
        let working = working.saturating_sub(self.slots.available_permits());
        HashingLoad { working, waiting: taken.saturating_sub(working) }
    }

    fn salt(&self) -> [u8; SALT] {
        let mut salt = [0_u8; SALT];
        self.entropy.fill(&mut salt);
        salt
    }

    /// Runs slow work on a thread of its own. The slot stays taken until the work is done, even if the caller has gone; a
    /// caller that goes while it waits leaves its place at once.
    async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Unavailable::new(CROWDED))?;
        let waiting = tokio::time::timeout(PATIENCE, Arc::clone(&self.slots).acquire_owned());
        let slot = waiting.await.map_err(|_| Unavailable::new(CROWDED))?.map_err(|_| HashingError::Stopped)?;
        let working = tokio::task::spawn_blocking(move || {
            let _taken = (slot, place);
            work()
        });
        Ok(working.await.map_err(|_| HashingError::Stopped)??)
    }
}

fn argon2() -> Result<Argon2<'static>, HashingError> {
    let params = Params::new(19 * 1024, 2, 1, Some(32)).map_err(HashingError::Argon)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn raw(secret: &[u8], salt: &[u8]) -> Result<[u8; 32], HashingError> {
    let mut hash = [0_u8; 32];
    argon2()?.hash_password_into(secret, salt, &mut hash).map_err(HashingError::Argon)?;
    Ok(hash)
}

fn verify(digest: &PasswordDigest, hash: Option<&PasswordHash>) -> Result<bool, HashingError> {
    let Some(hash) = hash else {
        // The same work for nothing, so that the time does not tell whether there is an account.
        raw(digest.expose().as_bytes(), &[0; SALT])?;
        return Ok(false);
    };
    let hash = Phc::new(hash.expose()).map_err(|_| HashingError::Phc)?;
    Ok(argon2()?.verify_password(digest.expose().as_bytes(), &hash).is_ok())
}

#[async_trait]
impl Hasher for Argon2Hasher {
    async fn hash_password(&self, digest: &PasswordDigest) -> Result<PasswordHash, Unavailable> {
        let (digest, salt) = (digest.clone(), self.salt());
        self.slowly(move || {
            let hash = argon2()?.hash_password_with_salt(digest.expose().as_bytes(), &salt);
            let hash: Phc = hash.map_err(|_| HashingError::Phc)?;
            Ok(PasswordHash::new(hash.to_string()))
        })
        .await
    }

    async fn verify_password(&self, digest: &PasswordDigest, hash: Option<PasswordHash>) -> Result<bool, Unavailable> {
        let digest = digest.clone();
        self.slowly(move || verify(&digest, hash.as_ref())).await
    }

    async fn hash_backup_codes(&self, codes: &[Secret<String>]) -> Result<BackupCodes, Unavailable> {
        let (codes, salt) = (codes.to_vec(), self.salt());
        self.slowly(move || {
            let hashes = codes.iter().map(|code| raw(code.expose().as_bytes(), &salt)).collect::<Result<_, _>>()?;
            Ok(BackupCodes { salt: salt.to_vec(), hashes })
        })
        .await
    }

    async fn find_backup_code(
        &self,
        code: &Secret<String>,
        among: &BackupCodes,
    ) -> Result<Option<[u8; 32]>, Unavailable> {
        let (code, salt) = (code.clone(), among.salt.clone());
        let hash = self.slowly(move || raw(code.expose().as_bytes(), &salt)).await?;
        let found = among.hashes.iter().fold(0, |found, known| found | known.ct_eq(&hash).unwrap_u8());
        Ok((found == 1).then_some(hash))
    }

    fn digest(&self, secret: &[u8]) -> [u8; 32] {
        Sha256::digest(secret).into()
    }
}
