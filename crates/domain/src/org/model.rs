//! An organisation and its keys as they stand now.

use std::fmt;

use super::ApiKeyView;
use crate::clock::Timestamp;
use crate::entropy::{Entropy, random_text};
use crate::event::Version;
use crate::ids::{ApiKeyPrefix, InvalidId, OrgId};
use crate::secret::Secret;
use crate::text::FreeText;

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// An organisation with its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// The organisation.
    pub org: OrgId,
    /// Version of the organisation's stream; 0 when it is not registered.
    pub version: Version,
    /// Its name, when it is registered.
    pub name: Option<FreeText>,
    /// Its keys, newest first.
    pub keys: Vec<ApiKeyView>,
}

/// What is needed to check a key that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredApiKey {
    /// What events say of it.
    pub view: ApiKeyView,
    /// SHA-256 of the whole key.
    pub hash: [u8; 32],
}

impl StoredApiKey {
    /// Does the key work at `now`?
    pub fn works(&self, now: Timestamp) -> bool {
        self.view.revoked_at.is_none() && self.view.expires_at.is_none_or(|until| now < until)
    }
}

/// A whole key: 40 letters and digits, the first 8 of them public.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeyText(Secret<String>, ApiKeyPrefix);

impl ApiKeyText {
    /// Makes a new key.
    ///
    /// # Panics
    /// Never: the alphabet has only letters and digits.
    #[expect(clippy::expect_used, reason = "the text drawn here always parses")]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self::parse(&random_text(entropy, ALPHABET, 40)).expect("40 letters and digits")
    }

    /// Takes 40 letters and digits.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        if text.len() != 40 || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(InvalidId { what: "X-API-Key", rule: "40 letters or digits" });
        }
        Ok(Self(Secret::new(text.to_owned()), ApiKeyPrefix::parse(&text[..8])?))
    }

    /// The public part.
    pub const fn prefix(&self) -> &ApiKeyPrefix {
        &self.1
    }

    /// The whole key.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for ApiKeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.1)
    }
}
