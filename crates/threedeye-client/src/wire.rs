//! The wire of 3dEye: every header, path and field name this crate knows.
//!
//! 3dEye publishes no reference. Observed are the token call, the two credentials and the `data` envelope; the rest is an
//! assumption in the same style. Whoever gets the reference changes this file and no other.

use reqwest::Method;
use reqwest::header::HeaderName;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::model::{NewRole, NewUser, Page, Role, RoleId, User, UserId};
use crate::operation::Operation;
use crate::request::Request;

pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
pub(crate) const CUSTOMER_ID: HeaderName = HeaderName::from_static("x-customer-id");

const TOKEN: &str = "/v3/auth/token";
const USERS: &str = "/v3/users";
const ROLES: &str = "/v3/roles";

fn user_path(user: &UserId) -> String {
    format!("{USERS}/{user}")
}

fn role_path(role: &RoleId) -> String {
    format!("{ROLES}/{role}")
}

fn membership_path(role: &RoleId, user: &UserId) -> String {
    format!("{ROLES}/{role}/users/{user}")
}

fn paging(page: u32, size: u32) -> [(&'static str, String); 2] {
    [("page", page.to_string()), ("pageSize", size.to_string())]
}

// --- requests

pub(crate) fn sign_in(username: &str, password: &SecretString) -> Request {
    Request::new(Operation::SignIn, Method::POST, TOKEN.to_owned())
        .body(json!({ "username": username, "password": password.expose_secret() }))
}

pub(crate) fn list_users(page: u32, size: u32) -> Request {
    Request::new(Operation::ListUsers, Method::GET, USERS.to_owned()).query(paging(page, size))
}

pub(crate) fn get_user(user: &UserId) -> Request {
    Request::new(Operation::GetUser, Method::GET, user_path(user)).maybe_absent()
}

pub(crate) fn create_user(user: &NewUser) -> Request {
    let role_ids: Vec<&str> = user.role_ids.iter().map(RoleId::as_str).collect();
    Request::new(Operation::CreateUser, Method::POST, USERS.to_owned())
        .body(json!({
            "email": user.email,
            "firstName": user.first_name,
            "lastName": user.last_name,
            "password": user.password.expose_secret(),
            "roleIds": role_ids,
        }))
        .once()
        .private([user.password.clone(), user.email.clone().into()])
}

pub(crate) fn delete_user(user: &UserId) -> Request {
    Request::new(Operation::DeleteUser, Method::DELETE, user_path(user)).maybe_absent()
}

pub(crate) fn list_roles(page: u32, size: u32) -> Request {
    Request::new(Operation::ListRoles, Method::GET, ROLES.to_owned()).query(paging(page, size))
}

pub(crate) fn create_role(role: &NewRole) -> Request {
    Request::new(Operation::CreateRole, Method::POST, ROLES.to_owned())
        .body(json!({ "name": role.name, "description": role.description }))
        .once()
}

pub(crate) fn delete_role(role: &RoleId) -> Request {
    Request::new(Operation::DeleteRole, Method::DELETE, role_path(role)).maybe_absent()
}

/// A role is a set of users: adding one twice changes nothing, so this POST may be repeated.
pub(crate) fn add_user_to_role(role: &RoleId, user: &UserId) -> Request {
    Request::new(Operation::AddUserToRole, Method::POST, membership_path(role, user))
}

pub(crate) fn remove_user_from_role(role: &RoleId, user: &UserId) -> Request {
    Request::new(Operation::RemoveUserFromRole, Method::DELETE, membership_path(role, user)).maybe_absent()
}

// --- answers

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenAnswer {
    pub(crate) access_token: SecretString,
    /// Seconds.
    pub(crate) expires_in: Option<u64>,
}

#[derive(Deserialize)]
pub(crate) struct ListAnswer<T> {
    data: Vec<T>,
    total: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserAnswer {
    id: UserId,
    email: String,
    first_name: Option<String>,
    last_name: Option<String>,
    roles: Option<Vec<RoleAnswer>>,
}

#[derive(Deserialize)]
pub(crate) struct RoleAnswer {
    id: RoleId,
    name: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct CreatedAnswer<Id> {
    pub(crate) id: Option<Id>,
}

#[derive(Deserialize)]
pub(crate) struct ErrorAnswer {
    pub(crate) message: String,
}

impl<W, T: From<W>> From<ListAnswer<W>> for Page<T> {
    fn from(list: ListAnswer<W>) -> Self {
        Self { items: list.data.into_iter().map(T::from).collect(), total: list.total }
    }
}

impl From<UserAnswer> for User {
    fn from(user: UserAnswer) -> Self {
        Self {
            id: user.id,
            email: user.email,
            first_name: user.first_name,
            last_name: user.last_name,
            roles: user.roles.unwrap_or_default().into_iter().map(Role::from).collect(),
        }
    }
}

impl From<RoleAnswer> for Role {
    fn from(role: RoleAnswer) -> Self {
        Self { id: role.id, name: role.name }
    }
}
