//! A session and its token.

use std::collections::BTreeSet;
use std::fmt;

use super::{RememberedFactor, SessionKind};
use crate::clock::Timestamp;
use crate::entropy::{Entropy, random_text};
use crate::ids::UserId;
use crate::policy::Permission;
use crate::secret::Secret;
use crate::text::UserName;
use crate::user::{PasswordHash, Role, UserStatus};

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// The bearer token of a session: 43 URL-safe characters, 258 bits. Kept only as a hash.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthToken(Secret<String>);

impl AuthToken {
    /// Makes a new token.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Secret::new(random_text(entropy, ALPHABET, 43)))
    }

    /// Takes whatever a client sent; an unknown one is found out by its hash.
    pub fn received(text: impl Into<String>) -> Self {
        Self(Secret::new(text.into()))
    }

    /// The token.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for AuthToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// SHA-256 of a token; a token has too much entropy to need a slow hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Takes over a digest.
    pub const fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Hash of its token.
    pub token: TokenHash,
    /// Whose.
    pub user: UserId,
    /// Since when.
    pub started_at: Timestamp,
    /// When it ends by itself: from then on it is not found. None = never.
    pub expires_at: Option<Timestamp>,
    /// How it came to be.
    pub kind: SessionKind,
}

/// What a valid token says about its bearer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The person.
    pub user: UserId,
    /// Hash of the token, to tell this session from the person's others.
    pub token: TokenHash,
    /// May the person act?
    pub status: UserStatus,
    /// The sign-in name.
    pub username: UserName,
    /// What the account may do.
    pub roles: BTreeSet<Role>,
    /// What the roles permit now, by the permission table as it was changed.
    pub permissions: BTreeSet<Permission>,
    /// How the session came to be.
    pub kind: SessionKind,
    /// When it ends by itself; none = never.
    pub expires_at: Option<Timestamp>,
    /// A second factor proved with this session before; its end may have come.
    pub remembered: Option<RememberedFactor>,
    /// The credential epoch of the person at the time of reading.
    pub epoch: u64,
}

/// What is needed to verify a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCredentials {
    /// The person.
    pub user: UserId,
    /// May the person act?
    pub status: UserStatus,
    /// The sign-in name.
    pub username: UserName,
    /// The slow hash of the password.
    pub password: PasswordHash,
    /// The credential epoch at the time of reading.
    pub epoch: u64,
}
