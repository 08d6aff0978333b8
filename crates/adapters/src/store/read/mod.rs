//! Reading: one file a port. Each answer comes from one statement, so that state and version belong together; a version
//! is the newest in the event table, found at the end of its index.

mod api_keys;
mod events;
mod hinted;
mod lock_access;
mod outbox;
mod prefix;
mod registry;
mod sessions;
mod threedeye;
mod totp;
mod users;

use portcullis_domain::user::Role;
use sea_orm::{DbBackend, Value};

use self::hinted::Hinted;
use super::Fault;
use super::row::Row;

/// Roles as `view_accounts` keeps them.
fn roles(row: &Row) -> Result<std::collections::BTreeSet<Role>, Fault> {
    row.parsed("roles", |text| {
        let words = text.split(',').filter(|word| !word.is_empty());
        words.map(|word| Role::parse(word).ok_or(())).collect()
    })
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
    ("lock_access.holders_at", lock_access::HOLDERS_AT),
    ("users.list_of_org", users::LIST_OF_ORG),
    ("users.list_by_prefix", users::LIST_BY_PREFIX),
    ("users.has_administrator", users::HAS_ADMINISTRATOR),
    ("users.administrators_besides", users::ADMINISTRATORS_BESIDES),
];

const STATEMENTS: &[(&str, &str)] = &[
    ("api_keys.find", api_keys::FIND),
    ("api_keys.tenant", api_keys::TENANT),
    ("api_keys.keys", api_keys::KEYS),
    ("events.recall", events::RECALL),
    ("events.load", events::LOAD),
    ("events.read_from", events::READ_FROM),
    ("lock_access.situation", lock_access::SITUATION),
    ("lock_access.grants_of", lock_access::GRANTS_OF),
    ("lock_access.expired", lock_access::EXPIRED),
    ("lock_access.lock", lock_access::LOCK),
    ("lock_access.details", lock_access::DETAILS),
    ("lock_access.owned_by", lock_access::OWNED_BY),
    ("outbox.due", outbox::DUE),
    ("outbox.waiting", outbox::WAITING),
    ("registry.users", registry::USERS),
    ("registry.locks", registry::LOCKS),
    ("registry.tenants", registry::TENANTS),
    ("registry.user_count", registry::USER_COUNT),
    ("registry.lock_count", registry::LOCK_COUNT),
    ("registry.tenant_count", registry::TENANT_COUNT),
    ("sessions.find", sessions::FIND),
    ("sessions.tokens_of", sessions::TOKENS_OF),
    ("threedeye.find", threedeye::FIND),
    ("totp.find", totp::FIND),
    ("users.find", users::FIND),
    ("users.find_by_name", users::FIND_BY_NAME),
    ("users.find_by_address", users::FIND_BY_ADDRESS),
    ("users.find_by_phone_number", users::FIND_BY_PHONE_NUMBER),
    ("users.credentials_by_name", users::CREDENTIALS_BY_NAME),
    ("users.credentials_by_address", users::CREDENTIALS_BY_ADDRESS),
    ("users.list", users::LIST),
];
