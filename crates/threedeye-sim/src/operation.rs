//! The calls of 3dEye by name, for counting them and making them fail.

use std::fmt;

use axum::http::Method;
use serde::{Deserialize, Serialize};

use crate::routes::path;

/// One call of 3dEye.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Operation {
    /// `POST /v3/auth/token`
    Token,
    /// `GET /v3/users`
    ListUsers,
    /// `GET /v3/users/{id}`
    GetUser,
    /// `POST /v3/users`
    CreateUser,
    /// `DELETE /v3/users/{id}`
    DeleteUser,
    /// `GET /v3/roles`
    ListRoles,
    /// `POST /v3/roles`
    CreateRole,
    /// `DELETE /v3/roles/{id}`
    DeleteRole,
    /// `POST /v3/roles/{id}/users/{userId}`
    AddUserToRole,
    /// `DELETE /v3/roles/{id}/users/{userId}`
    RemoveUserFromRole,
}

impl Operation {
    /// All of them, in the order of their routes.
    pub const ALL: [Self; 10] = [
        Self::Token,
        Self::ListUsers,
        Self::GetUser,
        Self::CreateUser,
        Self::DeleteUser,
        Self::ListRoles,
        Self::CreateRole,
        Self::DeleteRole,
        Self::AddUserToRole,
        Self::RemoveUserFromRole,
    ];

    /// As in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::ListUsers => "listUsers",
            Self::GetUser => "getUser",
            Self::CreateUser => "createUser",
            Self::DeleteUser => "deleteUser",
            Self::ListRoles => "listRoles",
            Self::CreateRole => "createRole",
            Self::DeleteRole => "deleteRole",
            Self::AddUserToRole => "addUserToRole",
            Self::RemoveUserFromRole => "removeUserFromRole",
        }
    }

    /// The operation behind a route; `None` for wrong methods and for the routes that control the stand-in.
    pub(crate) fn of(method: &Method, route: &str) -> Option<Self> {
        match (method.as_str(), route) {
            ("POST", path::TOKEN) => Some(Self::Token),
            ("GET", path::USERS) => Some(Self::ListUsers),
            ("POST", path::USERS) => Some(Self::CreateUser),
            ("GET", path::USER) => Some(Self::GetUser),
            ("DELETE", path::USER) => Some(Self::DeleteUser),
            ("GET", path::ROLES) => Some(Self::ListRoles),
            ("POST", path::ROLES) => Some(Self::CreateRole),
            ("DELETE", path::ROLE) => Some(Self::DeleteRole),
            ("POST", path::MEMBERSHIP) => Some(Self::AddUserToRole),
            ("DELETE", path::MEMBERSHIP) => Some(Self::RemoveUserFromRole),
            _ => None,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
