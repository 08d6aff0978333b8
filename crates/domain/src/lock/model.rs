//! A lock as it stands now.

use crate::event::Version;
use crate::ids::{LockId, OrgId, UserId};

/// A registered lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The lock.
    pub id: LockId,
    /// Version of the lock's stream.
    pub version: Version,
    /// The organisation it belongs to.
    pub org: OrgId,
    /// The name it is shown with.
    pub name: Option<String>,
    /// The person who owns it.
    pub owner: Option<UserId>,
}
