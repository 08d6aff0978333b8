//! What events say about access, as rows.

use serde::{Deserialize, Serialize};

use super::Grant;
use crate::ids::UserId;

/// One row a person and lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantView {
    /// The person.
    pub user: UserId,
    /// What the person has.
    pub grant: Grant,
}
