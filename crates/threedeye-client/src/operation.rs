//! The calls of 3dEye by name.

use std::fmt;

/// A kind of call, for logs and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Operation {
    /// Getting an access token; done on the way to another call.
    SignIn,
    /// Reading a page of users, also for [`Client::find_user_by_email`](crate::Client::find_user_by_email).
    ListUsers,
    /// [`Client::get_user`](crate::Client::get_user).
    GetUser,
    /// [`Client::create_user`](crate::Client::create_user).
    CreateUser,
    /// [`Client::delete_user`](crate::Client::delete_user).
    DeleteUser,
    /// Reading a page of roles.
    ListRoles,
    /// [`Client::create_role`](crate::Client::create_role).
    CreateRole,
    /// [`Client::delete_role`](crate::Client::delete_role).
    DeleteRole,
    /// [`Client::add_user_to_role`](crate::Client::add_user_to_role).
    AddUserToRole,
    /// [`Client::remove_user_from_role`](crate::Client::remove_user_from_role).
    RemoveUserFromRole,
}

impl Operation {
    /// A name for labels, in lower case with underscores. It stays the same from release to release.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::ListUsers => "list_users",
            Self::GetUser => "get_user",
            Self::CreateUser => "create_user",
            Self::DeleteUser => "delete_user",
            Self::ListRoles => "list_roles",
            Self::CreateRole => "create_role",
            Self::DeleteRole => "delete_role",
            Self::AddUserToRole => "add_user_to_role",
            Self::RemoveUserFromRole => "remove_user_from_role",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
