//! What happens to an organisation.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::ids::{ApiKeyPrefix, OrgId};
use crate::text::FreeText;

/// An organisation was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantRegistered {
    /// The organisation.
    pub org_id: OrgId,
    /// Its name.
    pub org_name: FreeText,
    /// Address of its owner, masked: `a***@example.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked_owner_email: Option<String>,
}

/// An organisation got a key. The key itself is shown once and kept only as a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyCreated {
    /// The organisation.
    pub org_id: OrgId,
    /// The key's public part.
    pub api_key_prefix: ApiKeyPrefix,
    /// May it act for every organisation?
    #[serde(rename = "super")]
    pub is_super: bool,
    /// When it stops working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A key stopped working.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyRevoked {
    /// The organisation.
    pub org_id: OrgId,
    /// The key's public part.
    pub api_key_prefix: ApiKeyPrefix,
    /// When.
    pub revoked_at: Timestamp,
}
