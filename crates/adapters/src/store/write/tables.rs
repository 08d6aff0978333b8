//! The tables that rows are put into and deleted from by key, as the write path and the dump see them.

/// How a column travels in a batch, which is JSON, and what it is in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    Text,
    Int,
    Bool,
    /// Hex digits on the way, bytes in the database.
    Bytes,
}

pub(in crate::store) type Column = (&'static str, Kind);

/// A table whose rows are put and deleted whole.
#[derive(Debug)]
pub(in crate::store) struct Table {
    pub(in crate::store) name: &'static str,
    /// The primary key.
    pub(in crate::store) keys: &'static [Column],
    /// The other columns.
    pub(in crate::store) cells: &'static [Column],
    /// Does a put leave the columns alone that it has no value for? Else it replaces the whole row.
    pub(in crate::store) partial: bool,
}

impl Table {
    const fn new(name: &'static str, keys: &'static [Column], cells: &'static [Column]) -> Self {
        Self { name, keys, cells, partial: false }
    }

    pub(in crate::store) fn columns(&self) -> impl Iterator<Item = Column> {
        self.keys.iter().chain(self.cells).copied()
    }
}

use Kind::{Bool, Bytes, Int, Text};

const USER: &[Column] = &[("user_id", Text)];

pub(in crate::store) static USERS: Table =
    Table::new("view_users", USER, &[("org_id", Text), ("status", Text), ("created_at", Int)]);

pub(in crate::store) static STATUS_CHANGES: Table =
    Table::new("view_status_changes", &[("user_id", Text), ("version", Int)], &[("at", Int), ("status", Text)]);

pub(in crate::store) static ACCOUNTS: Table = Table::new("view_accounts", USER, &[("roles", Text), ("is_admin", Bool)]);

pub(in crate::store) static GRANTS: Table = Table::new(
    "view_grants",
    &[("user_id", Text), ("lock_id", Text)],
    &[
        ("lock_name", Text),
        ("access_level", Text),
        ("granted_by", Text),
        ("valid_from", Int),
        ("valid_until", Int),
        ("granted_at", Int),
    ],
);

/// Grants that left; a row by the event that ended it, found by the lock and when it left.
pub(in crate::store) static PAST_GRANTS: Table = Table::new(
    "view_past_grants",
    &[("lock_id", Text), ("removed_at", Int), ("user_id", Text), ("version", Int)],
    &[
        ("lock_name", Text),
        ("access_level", Text),
        ("granted_by", Text),
        ("valid_from", Int),
        ("valid_until", Int),
        ("granted_at", Int),
    ],
);

pub(in crate::store) static LOCKS: Table = Table::new(
    "view_locks",
    &[("lock_id", Text)],
    &[
        ("org_id", Text),
        ("owner_id", Text),
        ("name", Text),
        ("created_at", Int),
        ("maker_index", Int),
        ("maker_uuid", Text),
        ("serial_number", Text),
        ("vendor_name", Text),
    ],
);

pub(in crate::store) static TENANTS: Table =
    Table::new("view_tenants", &[("org_id", Text)], &[("name", Text), ("created_at", Int)]);

pub(in crate::store) static API_KEYS: Table = Table::new(
    "view_api_keys",
    &[("prefix", Text)],
    &[
        ("org_id", Text),
        ("is_super", Bool),
        ("created_at", Int),
        ("created_by", Text),
        ("expires_at", Int),
        ("revoked_at", Int),
    ],
);

pub(in crate::store) static PERMISSIONS: Table =
    Table::new("view_permissions", &[("permission", Text)], &[("roles", Text), ("updated_at", Int)]);

pub(in crate::store) static PERMISSION_TABLES: Table =
    Table::new("view_permission_tables", &[("table_id", Text)], &[("org_id", Text), ("created_at", Int)]);

pub(in crate::store) static CAMERA_ROLES: Table = Table::new(
    "view_camera_roles",
    &[("role_id", Text)],
    &[
        ("org_id", Text),
        ("name", Text),
        ("description", Text),
        ("threedeye_role_id", Text),
        ("status", Text),
        ("created_at", Int),
    ],
);

pub(in crate::store) static CAMERA_ROLE_USERS: Table = Table::new(
    "view_camera_role_users",
    &[("role_id", Text), ("user_id", Text)],
    &[("threedeye_user_id", Text), ("assigned_at", Int)],
);

/// Every view: what a rebuild empties and fills again.
pub(in crate::store) static VIEWS: [&Table; 12] = [
    &USERS,
    &STATUS_CHANGES,
    &ACCOUNTS,
    &GRANTS,
    &PAST_GRANTS,
    &LOCKS,
    &TENANTS,
    &API_KEYS,
    &PERMISSIONS,
    &PERMISSION_TABLES,
    &CAMERA_ROLES,
    &CAMERA_ROLE_USERS,
];

pub(super) static PROFILES: Table = Table::new(
    "private_profiles",
    USER,
    &[
        ("email", Text),
        ("email_verified", Bool),
        ("email_voucher", Text),
        ("first_name", Text),
        ("last_name", Text),
        ("phone_number", Text),
    ],
);

pub(super) static LANGUAGES: Table = Table::new("private_languages", USER, &[("language", Text)]);

/// Name and password of an account come by changes of their own.
pub(super) static PRIVATE_ACCOUNTS: Table = Table {
    name: "private_accounts",
    keys: USER,
    cells: &[
        ("username", Text),
        ("username_folded", Text),
        ("name", Text),
        ("created_at", Int),
        ("password_hash", Text),
    ],
    partial: true,
};

pub(super) static TOTP: Table = Table::new(
    "private_totp",
    USER,
    &[("secret", Bytes), ("pending", Bytes), ("backup_salt", Bytes), ("backup_hashes", Bytes), ("last_step", Int)],
);

pub(super) static EMAIL_FACTORS: Table = Table::new("private_email_factors", USER, &[("enabled", Bool)]);

pub(super) static EMAIL_CODES: Table = Table::new(
    "private_email_codes",
    USER,
    &[
        ("address", Text),
        ("salt", Bytes),
        ("hashes", Bytes),
        ("sent_at", Int),
        ("expires_at", Int),
        ("failures", Int),
        ("resent", Bool),
        ("mails", Int),
        ("mails_since", Int),
    ],
);

pub(super) static THREEDEYE: Table = Table::new(
    "private_threedeye",
    USER,
    &[("threedeye_user_id", Text), ("email", Text), ("password", Bytes), ("state", Text), ("created_at", Int)],
);

pub(super) static RECOVERY: Table = Table::new("private_recovery", USER, &[("roles", Text)]);

pub(super) static KEPT_KEYS: Table =
    Table::new("private_api_keys", &[("prefix", Text)], &[("hash", Bytes), ("last_four", Text)]);

pub(super) static TENANT_OWNERS: Table = Table::new("private_tenants", &[("org_id", Text)], &[("owner_email", Text)]);

pub(super) static CLAIMS: Table =
    Table::new("private_claims", &[("namespace", Text), ("value", Text)], &[("user_id", Text)]);

pub(super) static CLIENTS: Table = Table::new(
    "private_event_clients",
    &[("first_position", Int)],
    &[("last_position", Int), ("address", Text), ("user_agent", Text)],
);

pub(super) static SESSIONS: Table = Table::new(
    "work_sessions",
    &[("token", Bytes)],
    &[
        ("user_id", Text),
        ("started_at", Int),
        ("expires_at", Int),
        ("kind", Text),
        ("name", Text),
        ("last_part", Text),
        ("bypass", Bool),
    ],
);

pub(super) static GUARDS: Table = Table::new("work_guards", &[("key", Text)], &[("value", Int)]);

pub(super) static FAILURES: Table = Table::new("work_failures", USER, &[("count", Int), ("since", Int)]);

pub(super) static SIGN_IN_FAILURES: Table =
    Table::new("work_sign_in_failures", &[("key", Bytes)], &[("count", Int), ("since", Int), ("until", Int)]);

pub(super) static LEASES: Table = Table::new("work_leases", USER, &[("until", Int)]);

pub(super) static CAMERA_ROLE_MAKINGS: Table =
    Table::new("work_camera_role_makings", &[("role_id", Text)], &[("name", Text), ("holder", Text), ("until", Int)]);

pub(super) static IDEMPOTENCY: Table =
    Table::new("work_idempotency", &[("scope", Bytes)], &[("body", Bytes), ("outcome", Bytes), ("expires_at", Int)]);

pub(super) static COMMITS: Table = Table::new("work_commits", &[("id", Text)], &[("at", Int)]);

/// Every table rows are put into or deleted from by key.
pub(super) static ALL: [&Table; 30] = [
    &USERS,
    &STATUS_CHANGES,
    &ACCOUNTS,
    &GRANTS,
    &LOCKS,
    &TENANTS,
    &API_KEYS,
    &PERMISSIONS,
    &PERMISSION_TABLES,
    &CAMERA_ROLES,
    &CAMERA_ROLE_USERS,
    &PROFILES,
    &LANGUAGES,
    &PRIVATE_ACCOUNTS,
    &TOTP,
    &EMAIL_FACTORS,
    &EMAIL_CODES,
    &THREEDEYE,
    &RECOVERY,
    &KEPT_KEYS,
    &TENANT_OWNERS,
    &CLAIMS,
    &CLIENTS,
    &SESSIONS,
    &GUARDS,
    &FAILURES,
    &SIGN_IN_FAILURES,
    &LEASES,
    &CAMERA_ROLE_MAKINGS,
    &IDEMPOTENCY,
];
