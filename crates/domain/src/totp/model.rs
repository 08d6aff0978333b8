//! A person's second factor as it stands now.

use std::fmt;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::entropy::{Entropy, random_text};
use crate::ids::UserId;
use crate::secret::Secret;
use crate::text::UserName;
use crate::user::PasswordHash;

/// Letters and digits nobody mistakes for one another.
const READABLE: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";

/// How many backup codes a person gets, and how long each is.
const BACKUP_CODES: usize = 12;
const BACKUP_CODE_LENGTH: usize = 8;

/// A TOTP secret in base32 without padding (RFC 4648), as authenticator apps take it.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(Secret<String>);

impl TotpSecret {
    /// Takes over base32 text.
    pub fn new(base32: impl Into<String>) -> Self {
        Self(Secret::new(base32.into()))
    }

    /// The base32 text.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Slow hashes of the unused backup codes; one salt for all of a person's, so that one guess costs one hash.
#[derive(Clone, PartialEq, Eq)]
pub struct BackupCodes {
    /// The salt, as the hasher made it.
    pub salt: Vec<u8>,
    /// A hash for each unused code.
    pub hashes: Vec<[u8; 32]>,
}

impl fmt::Debug for BackupCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BackupCodes({} left)", self.hashes.len())
    }
}

/// New backup codes in clear, shown once.
pub fn generate_backup_codes(entropy: &dyn Entropy) -> Vec<Secret<String>> {
    (0..BACKUP_CODES).map(|_| Secret::new(random_text(entropy, READABLE, BACKUP_CODE_LENGTH))).collect()
}

/// A person's TOTP document: live secret, secret awaiting confirmation, backup codes, last step used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totp {
    /// The person.
    pub user: UserId,
    /// The secret in use.
    pub secret: Option<TotpSecret>,
    /// A secret that waits for its first code.
    pub pending: Option<TotpSecret>,
    /// Codes for the day the phone is lost.
    pub backup: Option<BackupCodes>,
    /// The newest time step a code was accepted for; none at or before it is accepted again (RFC 6238, 5.2).
    pub last_step: Option<u64>,
}

impl Totp {
    /// A document with nothing in it.
    pub const fn empty(user: UserId) -> Self {
        Self { user, secret: None, pending: None, backup: None, last_step: None }
    }

    /// How many backup codes are left.
    pub fn backup_codes_left(&self) -> usize {
        self.backup.as_ref().map_or(0, |codes| codes.hashes.len())
    }
}

/// Wrong codes of a person within a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the window began.
    pub since: Option<Timestamp>,
}

impl Failures {
    /// How many count at `now`.
    pub fn counting(self, now: Timestamp, policy: &TwoFactorPolicy) -> u32 {
        match self.since {
            // A clock that stepped back a little keeps the window open; one that stepped back further than a window is
            // long must not lock anybody out until it has caught up.
            Some(since) if now < since.plus(policy.failure_window) && since < now.plus(policy.failure_window) => {
                self.count
            }
            _ => 0,
        }
    }

    /// One more at `now`.
    #[must_use]
    pub fn one_more(self, now: Timestamp, policy: &TwoFactorPolicy) -> Self {
        match self.counting(now, policy) {
            0 => Self { count: 1, since: Some(now) },
            count => Self { count: count + 1, since: self.since },
        }
    }
}

/// Everything about a person's second factor, read in one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The person.
    pub user: UserId,
    /// The account's sign-in name, when there is an account.
    pub username: Option<UserName>,
    /// The account's password, when there is one.
    pub password: Option<PasswordHash>,
    /// The TOTP document, when there is one.
    pub totp: Option<Totp>,
    /// Wrong codes so far.
    pub failures: Failures,
    /// Revision all of this is guarded by.
    pub revision: u64,
    /// Credential epoch of the person.
    pub epoch: u64,
    /// How many sessions and tokens the person has, those that ended by themselves not counted.
    pub sessions: u64,
}

impl SecondFactor {
    /// The TOTP secret in use.
    pub fn live_secret(&self) -> Option<&TotpSecret> {
        self.totp.as_ref()?.secret.as_ref()
    }
}

/// How a caller can prove a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A code of the authenticator app, or a backup code.
    Totp,
    /// A mailed code.
    Email,
    /// The password once more, as SHA-256 hex.
    Password,
}

impl Method {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Email => "email",
            Self::Password => "password",
        }
    }
}

/// The settings of the second factor.
#[derive(Debug, Clone)]
pub struct TwoFactorPolicy {
    /// Is a second factor asked for at all?
    pub enabled: bool,
    /// Does TOTP count as one?
    pub totp_enabled: bool,
    /// Steps of 30 s accepted to either side of now.
    pub totp_max_delta: u8,
    /// Must somebody without another factor give the password once more?
    pub password_fallback: bool,
    /// Wrong codes a person may send within a window; none = not counted.
    pub max_failures: Option<u32>,
    /// The window.
    pub failure_window: Duration,
}

impl Default for TwoFactorPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            totp_enabled: true,
            totp_max_delta: 1,
            password_fallback: true,
            max_failures: Some(10),
            failure_window: Duration::from_mins(5),
        }
    }
}
