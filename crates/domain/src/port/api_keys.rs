//! Keys of organisations.

use async_trait::async_trait;

use super::Unavailable;
use crate::ids::{ApiKeyPrefix, OrgId};
use crate::org::{StoredApiKey, Tenant};

/// Keys of organisations, as events and hashes have them.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ApiKeys: Send + Sync {
    /// The key with this public part, revoked or expired ones too.
    async fn find(&self, prefix: &ApiKeyPrefix) -> Result<Option<StoredApiKey>, Unavailable>;

    /// An organisation with all its keys; one that is not registered has version 0 and no name.
    async fn tenant(&self, org: &OrgId) -> Result<Tenant, Unavailable>;
}
