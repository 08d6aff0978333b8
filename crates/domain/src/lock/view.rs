//! What events say about locks, as rows.

use serde::{Deserialize, Serialize};

use super::Maker;
use crate::clock::Timestamp;
use crate::ids::{LockId, OrgId, UserId};

/// One row a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockView {
    /// The lock.
    pub lock: LockId,
    /// The organisation it belongs to.
    pub org: OrgId,
    /// The name it is shown with.
    pub name: Option<String>,
    /// The person who owns it.
    pub owner: Option<UserId>,
    /// What its maker says of it.
    pub maker: Maker,
    /// When it was registered.
    pub created_at: Timestamp,
}
