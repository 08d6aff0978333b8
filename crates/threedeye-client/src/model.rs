//! The people and roles of a 3dEye customer as this crate hands them out and takes them in.

use std::fmt;

use secrecy::SecretString;

/// The text cannot be an identifier of 3dEye: 1 to 128 ASCII letters, digits, `-` and `_`.
///
/// The narrow alphabet is on purpose. Identifiers become path segments, and an empty one or `..` would turn
/// "delete this user" into a call of another route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an identifier has 1 to 128 ASCII letters, digits, hyphens and underscores")]
pub struct InvalidId;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier as 3dEye writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
                if (1..=128).contains(&text.len()) && text.bytes().all(allowed) { Ok(Self(text)) } else { Err(InvalidId) }
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::try_from(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// Identifies a user; 3dEye uses GUIDs.
    UserId
);
identifier!(
    /// Identifies a role.
    RoleId
);

/// A login inside our customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Stays the same for the life of the account; an account made anew has a new one.
    pub id: UserId,
    /// The login name, in the spelling 3dEye keeps.
    pub email: String,
    /// As entered when the account was made.
    pub first_name: Option<String>,
    /// As entered when the account was made.
    pub last_name: Option<String>,
    /// The roles the user is in.
    pub roles: Vec<Role>,
}

/// A named set of cameras and permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Identifies the role inside our customer.
    pub id: RoleId,
    /// For people; unique inside a customer as far as is known.
    pub name: Option<String>,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Unique on the whole platform, not only in our customer.
    pub email: String,
    /// Required by 3dEye.
    pub first_name: String,
    /// Required by 3dEye.
    pub last_name: String,
    /// Chosen by us; 3dEye never gives it back.
    pub password: SecretString,
    /// Roles the user is in from the start.
    pub role_ids: Vec<RoleId>,
}

/// A role to be made.
#[derive(Debug, Clone)]
pub struct NewRole {
    /// For people.
    pub name: String,
    /// For people.
    pub description: Option<String>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries of this page; none beyond the end of the list.
    pub items: Vec<T>,
    /// Entries of the whole list, where 3dEye tells.
    pub total: Option<u64>,
}

/// What became of a request to remove something. Both are success: afterwards it is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// It was there.
    Deleted,
    /// It was not there, or is not ours to see.
    NotFound,
}
