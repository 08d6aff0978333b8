//! What happens to the permission table.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::policy::Permission;
use crate::user::Role;

/// Roles permit other things from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionsChanged {
    /// The permissions that changed, each with all the roles that have it now.
    pub permissions: BTreeMap<Permission, BTreeSet<Role>>,
}
