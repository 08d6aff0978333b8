//! An organisation and its keys as they stand now.

use std::fmt;

use super::{ApiKeyView, KeyStatus};
use crate::clock::Timestamp;
use crate::entropy::{Entropy, random_text};
use crate::event::Version;
use crate::ids::{ApiKeyPrefix, InvalidId, OrgId};
use crate::secret::Secret;
use crate::text::{EmailAddress, FreeText};

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
    /// Those of its keys that were not revoked, newest first.
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
        self.view.status(now) == KeyStatus::Active
    }
}

/// All that is kept of a key beside what events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptKey {
    /// The public part.
    pub prefix: ApiKeyPrefix,
    /// SHA-256 of the whole key.
    pub hash: [u8; 32],
    /// The last four characters, for people to tell keys by.
    pub last_four: String,
}

/// A key as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// What events say of it.
    pub view: ApiKeyView,
    /// Name of its organisation.
    pub org_name: FreeText,
    /// Its last four characters; none for keys of releases that did not keep them.
    pub last_four: Option<String>,
    /// When it was used last, up to a minute late.
    pub last_used_at: Option<Timestamp>,
}

impl ListedKey {
    /// The form people tell keys by: `aB3dE5gH…x9Yz`.
    pub fn masked(&self) -> String {
        format!("{}…{}", self.view.prefix, self.last_four.as_deref().unwrap_or_default())
    }
}

/// An organisation as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTenant {
    /// The organisation.
    pub org: OrgId,
    /// Its name.
    pub name: FreeText,
    /// Address of its owner, when one was given.
    pub owner_email: Option<EmailAddress>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Has it a key that works?
    pub has_active_key: bool,
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
            return Err(InvalidId { rule: "40 letters or digits" });
        }
        Ok(Self(Secret::new(text.to_owned()), ApiKeyPrefix::parse(&text[..8])?))
    }

    /// The public part.
    pub const fn prefix(&self) -> &ApiKeyPrefix {
        &self.1
    }

    /// The last four characters.
    pub fn last_four(&self) -> &str {
        &self.0.expose()[36..]
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
