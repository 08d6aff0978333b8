//! What events say about organisations, as rows.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::ids::{ApiKeyPrefix, OrgId};
use crate::text::FreeText;

/// One row an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantView {
    /// The organisation.
    pub org: OrgId,
    /// Its name.
    pub name: FreeText,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// One row a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyView {
    /// The key's public part.
    pub prefix: ApiKeyPrefix,
    /// Whose key.
    pub org: OrgId,
    /// May it act for every organisation?
    pub is_super: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Id of the credential that made it; never an address.
    pub created_by: String,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// What has become of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStatus {
    /// It works.
    Active,
    /// Its time is over.
    Expired,
    /// It was revoked, whether or not its time was over.
    Revoked,
}

impl ApiKeyView {
    /// What has become of it at `now`. It expires at the very instant of its expiry.
    pub fn status(&self, now: Timestamp) -> KeyStatus {
        if self.revoked_at.is_some() {
            KeyStatus::Revoked
        } else if self.expires_at.is_some_and(|until| until <= now) {
            KeyStatus::Expired
        } else {
            KeyStatus::Active
        }
    }
}
