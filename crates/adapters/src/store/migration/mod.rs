//! The schema and its versions.
//!
//! A migration is a file of plain SQL, written once for both engines: where they differ stands a word that is replaced,
//! see [`dialect`]. To add one: a file with the next number, a line in [`MIGRATIONS`]; never change one that was
//! released.
//!
//! A migration that brings a view, or gives one a new column, says so: all views are then made anew from the events, in
//! the same transaction. Every process of an earlier release must have stopped before: what such a one writes afterwards
//! is in the events and not in the new views, until they are made anew once more (`rebuild_views`). On Postgres the
//! tables it changes are locked until the views are full, so nobody could read meanwhile either.
//!
//! Only a migration that changes no view may be made while the release before goes on serving; then expand first and
//! contract a release later.

use portcullis_domain::clock::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};

use super::Fault;
use super::connect::Database;
use super::row::Row;

/// One step of the schema.
struct Migration {
    /// The version it makes.
    version: u64,
    sql: &'static str,
    /// Are there rows in the views it brings that old events should have made? Then no older process may be running.
    changes_views: bool,
}

/// Every migration in order.
const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, sql: include_str!("0001_initial.sql"), changes_views: false },
    Migration { version: 2, sql: include_str!("0002_people.sql"), changes_views: true },
    Migration { version: 3, sql: include_str!("0003_locks.sql"), changes_views: true },
    Migration { version: 4, sql: include_str!("0004_keys.sql"), changes_views: true },
    Migration { version: 5, sql: include_str!("0005_expiry.sql"), changes_views: false },
    Migration { version: 6, sql: include_str!("0006_sessions.sql"), changes_views: false },
    Migration { version: 7, sql: include_str!("0007_email_factors.sql"), changes_views: false },
    Migration { version: 8, sql: include_str!("0008_sign_in_failures.sql"), changes_views: false },
    Migration { version: 9, sql: include_str!("0009_accounts.sql"), changes_views: false },
    Migration { version: 10, sql: include_str!("0010_mail.sql"), changes_views: false },
    Migration { version: 11, sql: include_str!("0011_factors.sql"), changes_views: false },
    Migration { version: 12, sql: include_str!("0012_erasure.sql"), changes_views: false },
    Migration { version: 13, sql: include_str!("0013_camera_roles.sql"), changes_views: true },
    Migration { version: 14, sql: include_str!("0014_cameras.sql"), changes_views: false },
];

/// The version of the schema this program was made for.
pub const SCHEMA_VERSION: u64 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// How the schema of a database stands to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    /// There is none.
    Empty,
    /// It is of an earlier release; `migrate` brings it up.
    Older,
    /// It is the one this program was made for.
    Current,
    /// It is of a later release; this program must not touch it.
    Newer,
}

const CREATE_VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS schema_versions (version @int PRIMARY KEY, at @int NOT NULL)@plain";

/// Words of migrations and what stands for them.
type Words = [(&'static str, &'static str); 6];

/// For a database that only shows which tables and columns there are.
const SHAPE: Words =
    [("@text", "TEXT"), ("@int", "INT"), ("@bool", "BOOL"), ("@bytes", "BYTES"), ("@keyed", ""), ("@plain", "")];

const fn words(backend: DbBackend) -> Words {
    match backend {
        // Text compares by its bytes on both engines: order is part of the contract of lists.
        DbBackend::Postgres => [
            ("@text", "TEXT COLLATE \"C\""),
            ("@int", "BIGINT"),
            ("@bool", "BOOLEAN"),
            ("@bytes", "BYTEA"),
            ("@keyed", ""),
            ("@plain", ""),
        ],
        _ => [
            ("@text", "TEXT"),
            ("@int", "INTEGER"),
            ("@bool", "INTEGER"),
            ("@bytes", "BLOB"),
            ("@keyed", " WITHOUT ROWID, STRICT"),
            ("@plain", " STRICT"),
        ],
    }
}

fn dialect(backend: DbBackend, sql: &str) -> String {
    worded(words(backend), sql)
}

/// What makes every table, in an SQLite whose columns are called by the words of the migrations.
pub(super) fn shape_statements() -> impl Iterator<Item = String> {
    MIGRATIONS.iter().map(|migration| worded(SHAPE, migration.sql))
}

fn worded(words: Words, sql: &str) -> String {
    // Comments go first, as they speak of the words too.
    let code: Vec<_> = sql.lines().filter(|line| !line.starts_with("--")).collect();
    words.iter().fold(code.join("\n"), |sql, (word, meaning)| sql.replace(word, meaning))
}

const fn state_of(version: u64) -> SchemaState {
    match version {
        0 => SchemaState::Empty,
        SCHEMA_VERSION => SchemaState::Current,
        version if version < SCHEMA_VERSION => SchemaState::Older,
        _ => SchemaState::Newer,
    }
}

const fn find_versions(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "SELECT to_regclass('schema_versions')::text AS name",
        _ => "SELECT (SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'schema_versions') AS name",
    }
}

const NEWEST: &str = "SELECT max(version) AS version FROM schema_versions";

impl Database {
    pub(super) async fn schema_state(&self) -> Result<SchemaState, Fault> {
        let table = self.one(find_versions(self.backend), Vec::new()).await?;
        if table.map(|row| row.maybe_text("name")).transpose()?.flatten().is_none() {
            return Ok(SchemaState::Empty);
        }
        let newest = self.one(NEWEST, Vec::new()).await?;
        Ok(state_of(newest.map_or(Ok(0), |row| row.number("version"))?))
    }

    /// Brings the schema up to this program's version, in one transaction and in the writers' turn; does nothing when it
    /// is there already.
    pub(super) async fn migrate(&self, now: Timestamp) -> Result<(), Fault> {
        self.migrate_to(SCHEMA_VERSION, now).await
    }

    /// The same up to a version.
    pub(super) async fn migrate_to(&self, version: u64, now: Timestamp) -> Result<(), Fault> {
        let transaction = self.begin_long_write().await?;
        self.bring_up(&transaction, version, now).await?;
        Ok(transaction.commit().await?)
    }

    /// Brings the schema up to this program's version within a transaction.
    pub(super) async fn migrate_within(&self, transaction: &DatabaseTransaction, now: Timestamp) -> Result<(), Fault> {
        self.bring_up(transaction, SCHEMA_VERSION, now).await
    }

    async fn bring_up(&self, transaction: &DatabaseTransaction, version: u64, now: Timestamp) -> Result<(), Fault> {
        transaction.execute_unprepared(&dialect(self.backend, CREATE_VERSIONS)).await?;
        let done = newest(transaction).await?;
        if state_of(done) == SchemaState::Newer {
            return Err(Fault::Newer);
        }
        let mut changes_views = false;
        for migration in MIGRATIONS.iter().filter(|migration| done < migration.version && migration.version <= version)
        {
            transaction.execute_unprepared(&dialect(self.backend, migration.sql)).await?;
            let made = i64::try_from(migration.version).map_err(|_| Fault::Unwritable("version"))?;
            let values = [made.into(), now.unix_micros().into()];
            let insert = "INSERT INTO schema_versions (version, at) VALUES ($1, $2)";
            transaction.execute_raw(Statement::from_sql_and_values(self.backend, insert, values)).await?;
            changes_views |= migration.changes_views;
        }
        if changes_views {
            self.refill_views(transaction).await?;
        }
        Ok(())
    }
}

async fn newest(transaction: &DatabaseTransaction) -> Result<u64, Fault> {
    let statement = Statement::from_string(transaction.get_database_backend(), NEWEST);
    let row = transaction.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| Row::new(row).number("version"))
}
