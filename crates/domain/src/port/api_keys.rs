//! Organisations and their keys.

use async_trait::async_trait;

use super::Unavailable;
use crate::clock::Timestamp;
use crate::ids::{ApiKeyPrefix, OrgId};
use crate::org::{ListedKey, ListedTenant, StoredApiKey, Tenant};

/// Where a list of keys goes on: the last key of the page before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCursor {
    /// When that key was made.
    pub created_at: Timestamp,
    /// Its public part.
    pub prefix: ApiKeyPrefix,
}

/// Organisations and their keys, as events, hashes and last uses have them.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ApiKeys: Send + Sync {
    /// The key with this public part, revoked or expired ones too.
    async fn find(&self, prefix: &ApiKeyPrefix) -> Result<Option<StoredApiKey>, Unavailable>;

    /// An organisation with those of its keys that were not revoked; one that is not registered has version 0 and no
    /// name.
    async fn tenant(&self, org: &OrgId) -> Result<Tenant, Unavailable>;

    /// Keys, revoked and expired ones too, newest first (of the same instant the higher prefix first), those after
    /// `after`, at most `limit`; of one organisation only, when one is given.
    async fn keys(
        &self,
        org: Option<OrgId>,
        after: Option<KeyCursor>,
        limit: u32,
    ) -> Result<Vec<ListedKey>, Unavailable>;

    /// Registered organisations in the order of their ids (by their bytes), those after `after`, at most `limit`.
    /// Whether they have a key that works is told for `now`.
    async fn tenants(&self, after: Option<OrgId>, limit: u32, now: Timestamp)
    -> Result<Vec<ListedTenant>, Unavailable>;
}
