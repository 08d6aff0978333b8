//! A lock as it stands now.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
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

/// What the maker says of a lock; kept as sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maker {
    /// The maker's running number.
    pub index: Option<i64>,
    /// The maker's UUID.
    pub uuid: Option<String>,
    /// The maker's serial number.
    pub serial_number: Option<String>,
    /// The maker's name.
    pub vendor_name: Option<String>,
}

/// A registered lock with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockDetails {
    /// The lock.
    pub lock: Lock,
    /// What its maker says of it.
    pub maker: Maker,
    /// When it was registered.
    pub created_at: Timestamp,
}
