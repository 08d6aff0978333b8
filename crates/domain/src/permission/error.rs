//! Why the permission table is not changed.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::policy::Permission;

/// A rule about permissions that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PermissionRefusal {
    /// Nobody could administer the service any more.
    #[error("The role admin cannot lose the permission {0}")]
    AdministratorsKeep(Permission),
}
