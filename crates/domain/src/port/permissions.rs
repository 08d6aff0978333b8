//! What roles permit.

use async_trait::async_trait;

use super::Unavailable;
use crate::permission::PermissionTable;

/// The permission table, as it was changed. What a session permits comes with the session, see
/// [`Sessions`](super::Sessions).
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Permissions: Send + Sync {
    /// All of it with its version, from one statement.
    async fn table(&self) -> Result<PermissionTable, Unavailable>;
}
