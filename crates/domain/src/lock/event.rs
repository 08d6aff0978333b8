//! What happens to a lock.

use serde::{Deserialize, Serialize};

use crate::ids::{LockId, OrgId, UserId};

/// A lock was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LockCreated {
    /// The lock.
    pub lock_id: LockId,
    /// The organisation it belongs to.
    pub org_id: OrgId,
    /// The name it is shown with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The person who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// The maker's running number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// The maker's UUID, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// The maker's serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// The maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_name: Option<String>,
}

/// A lock belongs to this organisation from now on. Owner and grants stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LockOrganizationSet {
    /// The lock.
    pub lock_id: LockId,
    /// The organisation it belongs to.
    pub org_id: OrgId,
}

/// A lock is owned by this person from now on, or by nobody. Grants stay as they are, those of the owner before, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LockOwnerSet {
    /// The lock.
    pub lock_id: LockId,
    /// The person who owns it; none = nobody does any more.
    pub user_id: Option<UserId>,
}
