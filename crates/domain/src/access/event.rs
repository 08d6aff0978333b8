//! What happens to a person's list of locks.

use serde::{Deserialize, Serialize};

use super::AccessLevel;
use crate::clock::Timestamp;
use crate::ids::{LockId, UserId};
use crate::text::FreeText;

/// A lock came onto a person's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessibleLockAdded {
    /// The person.
    pub user_id: UserId,
    /// The lock.
    pub lock_id: LockId,
    /// The name it is shown with.
    pub lock_name: FreeText,
    /// The label it is shown with.
    pub access_level: AccessLevel,
    /// Who granted it, as the caller said.
    pub granted_by: FreeText,
    /// Not before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Timestamp>,
    /// Not from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// A lock left a person's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessibleLockRemoved {
    /// The person.
    pub user_id: UserId,
    /// The lock.
    pub lock_id: LockId,
    /// Who removed it, as the caller said; `system:expiry` when its window ended.
    pub removed_by: FreeText,
    /// Why.
    pub reason: FreeText,
    /// When it was gone.
    pub removed_at: Timestamp,
}
