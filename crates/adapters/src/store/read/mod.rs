//! Reading: one file a port. Each answer comes from one statement, so that state and version belong together; a version
//! is the newest in the event table, found at the end of its index.

mod accounts;
mod api_keys;
mod camera_roles;
mod events;
mod factors;
mod hinted;
mod lock_access;
mod outbox;
mod own_record;
mod permissions;
mod prefix;
mod registry;
mod sessions;
mod sign_in_failures;
mod threedeye;
mod totp;
mod users;

use std::collections::BTreeSet;

use portcullis_domain::user::Role;
use sea_orm::{DbBackend, Value};

use self::hinted::Hinted;
pub(super) use self::own_record::own_records;
pub(super) use self::sessions::sessions;
use super::Fault;
use super::row::Row;

/// Roles as views keep them.
fn roles(row: &Row) -> Result<BTreeSet<Role>, Fault> {
    row.parsed("roles", |text| roles_of(&text).ok_or(()))
}

fn roles_of(text: &str) -> Option<BTreeSet<Role>> {
    text.split(',').filter(|word| !word.is_empty()).map(Role::parse).collect()
}

/// A number of rows or a bound, as databases take it.
fn bound(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

/// Every statement of the read side, for the tests that explain them.
pub(super) fn statements(backend: DbBackend) -> impl Iterator<Item = (&'static str, &'static str)> {
    let hinted = HINTED.iter().map(move |(name, statement)| (*name, statement.on(backend)));
    STATEMENTS.iter().copied().chain(hinted)
}

const HINTED: &[(&str, Hinted)] = &[
    ("api_keys.keys_of", api_keys::KEYS_OF),
    ("api_keys.tenants", api_keys::TENANTS),
    ("factors.with_none", factors::WITH_NONE),
    ("factors.pending", factors::PENDING),
    ("factors.with_totp", factors::WITH_TOTP),
    ("factors.with_email", factors::WITH_EMAIL),
    ("lock_access.holders_at", lock_access::HOLDERS_AT),
    ("sessions.find", sessions::FIND),
    ("threedeye.without_account", threedeye::WITHOUT_ACCOUNT),
    ("threedeye.owners", threedeye::OWNERS),
    ("threedeye.count_without_account", threedeye::COUNT_WITHOUT_ACCOUNT),
    ("users.list_of_org", users::LIST_OF_ORG),
    ("users.list_by_prefix", users::LIST_BY_PREFIX),
    ("users.accounts", accounts::ACCOUNTS),
    ("users.account_count", accounts::ACCOUNT_COUNT),
    ("users.has_administrator", users::HAS_ADMINISTRATOR),
    ("users.administrators_besides", users::ADMINISTRATORS_BESIDES),
    ("users.own_record", own_record::FIND),
];

const STATEMENTS: &[(&str, &str)] = &[
    ("api_keys.find", api_keys::FIND),
    ("api_keys.tenant", api_keys::TENANT),
    ("api_keys.keys", api_keys::KEYS),
    ("camera_roles.find", camera_roles::FIND),
    ("camera_roles.find_by_remote", camera_roles::FIND_BY_REMOTE),
    ("camera_roles.situation", camera_roles::SITUATION),
    ("camera_roles.members", camera_roles::MEMBERS),
    ("camera_roles.memberships", camera_roles::MEMBERSHIPS),
    ("camera_roles.makings", camera_roles::MAKINGS),
    ("events.recall", events::RECALL),
    ("events.load", events::LOAD),
    ("events.read_from", events::READ_FROM),
    ("factors.everybody", factors::EVERYBODY),
    ("lock_access.situation", lock_access::SITUATION),
    ("lock_access.grants_of", lock_access::GRANTS_OF),
    ("lock_access.expired", lock_access::EXPIRED),
    ("lock_access.lock", lock_access::LOCK),
    ("lock_access.details", lock_access::DETAILS),
    ("lock_access.owned_by", lock_access::OWNED_BY),
    ("outbox.due", outbox::DUE),
    ("outbox.backlog", outbox::BACKLOG),
    ("outbox.record", outbox::RECORD),
    ("outbox.list", outbox::LIST),
    ("outbox.list_waiting", outbox::LIST_WAITING),
    ("outbox.list_buried", outbox::LIST_BURIED),
    ("outbox.list_delivered", outbox::LIST_DELIVERED),
    ("permissions.table", permissions::TABLE),
    ("registry.users", registry::USERS),
    ("registry.locks", registry::LOCKS),
    ("registry.tenants", registry::TENANTS),
    ("registry.permission_tables", registry::PERMISSION_TABLES),
    ("registry.camera_roles", registry::CAMERA_ROLES),
    ("registry.camera_role_count", registry::CAMERA_ROLE_COUNT),
    ("registry.user_count", registry::USER_COUNT),
    ("registry.lock_count", registry::LOCK_COUNT),
    ("registry.tenant_count", registry::TENANT_COUNT),
    ("sessions.tokens_of", sessions::TOKENS_OF),
    ("sign_in_failures.find", sign_in_failures::FIND),
    ("registry.permission_table_count", registry::PERMISSION_TABLE_COUNT),
    ("threedeye.find", threedeye::FIND),
    ("threedeye.is_claimed", threedeye::IS_CLAIMED),
    ("threedeye.mappings", threedeye::MAPPINGS),
    ("totp.find", totp::FIND),
    ("users.find", users::FIND),
    ("users.find_by_name", users::FIND_BY_NAME),
    ("users.find_by_address", users::FIND_BY_ADDRESS),
    ("users.find_by_phone_number", users::FIND_BY_PHONE_NUMBER),
    ("users.credentials_by_name", users::CREDENTIALS_BY_NAME),
    ("users.credentials_by_address", users::CREDENTIALS_BY_ADDRESS),
    ("users.list", users::LIST),
    ("users.is_deleted", users::IS_DELETED),
];
