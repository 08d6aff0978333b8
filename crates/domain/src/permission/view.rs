//! What events say about permissions, as rows.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::ids::OrgId;
use crate::policy::Permission;
use crate::user::Role;

/// The table itself: one row, from the first change on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionTableView {
    /// The organisation of the service.
    pub org: OrgId,
    /// When it was changed first.
    pub created_at: Timestamp,
}

/// One row a permission that was ever changed. It stays when the permission is set back: whoever asks what changed since
/// an instant must be told of that too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionView {
    /// The permission.
    pub permission: Permission,
    /// All the roles that have it.
    pub roles: BTreeSet<Role>,
    /// When it was changed last.
    pub updated_at: Timestamp,
}
