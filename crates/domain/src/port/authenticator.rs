//! Cryptography of passwords, tokens and codes.

use async_trait::async_trait;

use super::Unavailable;
use crate::clock::Timestamp;
use crate::entropy::Entropy;
use crate::secret::Secret;
use crate::text::UserName;
use crate::totp::{BackupCodes, TotpSecret};
use crate::user::{PasswordDigest, PasswordHash};

/// Hashes. The slow ones are bounded in number at a time, since each takes memory; `Unavailable` when too many wait.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Hasher: Send + Sync {
    /// A slow, salted hash of a password's digest.
    async fn hash_password(&self, digest: &PasswordDigest) -> Result<PasswordHash, Unavailable>;

    /// Does the digest belong to the hash? Without a hash it takes as long and says no, so that nobody learns from the
    /// time whether an account exists.
    async fn verify_password(&self, digest: &PasswordDigest, hash: Option<PasswordHash>) -> Result<bool, Unavailable>;

    /// Slow hashes of backup codes under one new salt.
    async fn hash_backup_codes(&self, codes: &[Secret<String>]) -> Result<BackupCodes, Unavailable>;

    /// The hash among the codes' hashes that this code has, if any; costs one slow hash whatever the answer.
    async fn find_backup_code(
        &self,
        code: &Secret<String>,
        among: &BackupCodes,
    ) -> Result<Option<[u8; 32]>, Unavailable>;

    /// SHA-256, for tokens and keys that have too much entropy to need a slow hash.
    fn digest(&self, secret: &[u8]) -> [u8; 32];
}

/// TOTP (RFC 6238): SHA-1, 6 digits, steps of 30 s.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait TotpCodes: Send + Sync {
    /// A new secret of 32 random bytes.
    fn new_secret(&self, entropy: &dyn Entropy) -> TotpSecret;

    /// What an authenticator app scans: `otpauth://totp/…`.
    fn provisioning_url(&self, secret: &TotpSecret, account: &UserName) -> String;

    /// The step a code matches, within `max_delta` steps to either side of `now`; constant in time.
    fn matched_step(&self, secret: &TotpSecret, code: &str, now: Timestamp, max_delta: u8) -> Option<u64>;
}
