//! What roles can permit, and what they permit unless an administrator decided otherwise.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::user::Role;

/// Text that names no permission.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown permission")]
pub struct UnknownPermission;

macro_rules! permissions {
    ($($name:ident = $word:literal: $meaning:literal,)+) => {
        /// One thing a role can permit, by the word of the wire. The order is the one lists are in. A word is never taken
        /// away, as events name it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission {
            $(#[doc = $meaning] #[serde(rename = $word)] $name),+
        }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word on the wire and in stores.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word),+
                }
            }
        }
    };
}

permissions! {
    EditOtherUserTotp = "edit-other-user-totp": "Clear another person's second factor.",
    EditOtherUserE2ee = "edit-other-user-e2ee": "Reset another person's keys of end-to-end encryption.",
    CreateUser = "create-user": "Make accounts.",
    EditOtherUserInfo = "edit-other-user-info": "Change accounts.",
    EditOtherUserActiveStatus = "edit-other-user-active-status": "Switch accounts on and off.",
    DeleteUser = "delete-user": "Delete accounts with their people.",
    ViewFullOtherUserInfo = "view-full-other-user-info": "See all of another account's record.",
    ViewDirectRooms = "view-d-room": "List accounts; the peer asks for this one there.",
    AssignAdminRole = "assign-admin-role": "Make administrators, and change their accounts.",
    AccessPermissions = "access-permissions": "Change what roles permit.",
    CreatePersonalAccessTokens = "create-personal-access-tokens": "Make personal access tokens of one's own.",
    ApiBypassRateLimit = "api-bypass-rate-limit": "Call as often as one likes.",
    LogoutOtherUser = "logout-other-user": "End another person's sessions.",
    ManageLockAccess = "manage-lock-access": "Put locks on people's lists and take them off.",
    ResetThreedeye = "reset-threedeye": "Reset camera accounts.",
    ViewHistory = "view-history": "Read what happened.",
}

impl Permission {
    /// Those the role `admin` cannot lose: without them nobody could give anything back.
    pub const KEPT_BY_ADMINISTRATORS: [Self; 3] =
        [Self::AccessPermissions, Self::AssignAdminRole, Self::EditOtherUserInfo];

    /// Reads the word.
    pub fn parse(text: &str) -> Result<Self, UnknownPermission> {
        Self::ALL.iter().copied().find(|permission| permission.as_str() == text).ok_or(UnknownPermission)
    }

    /// The roles that permit it as long as nobody decided otherwise.
    pub fn default_roles(self) -> BTreeSet<Role> {
        match self {
            Self::CreatePersonalAccessTokens => BTreeSet::from([Role::Admin, Role::User]),
            Self::ApiBypassRateLimit => BTreeSet::from([Role::Admin, Role::Bot]),
            _ => BTreeSet::from([Role::Admin]),
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
