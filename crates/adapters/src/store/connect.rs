//! Connecting: one pool that writes, one that reads, on either engine.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::secret::Secret;
use sea_orm::{DatabaseConnection, DbBackend, SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::observe::{Connections, Nobody, PoolUse};
use super::{Fault, StoreObserver};

/// How a server calls our connections.
pub(super) const APPLICATION: &str = "portcullis";
/// And those that copy, which are nobody else's.
const COPYING: &str = "portcullis copy";
/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 1024;
/// How long to wait for a connection, to be made or to be free.
const ACQUIRE: Duration = Duration::from_secs(5);
/// How long SQLite waits for another process to let go of the file.
const BUSY: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
/// Writers on Postgres take turns; the rest is for maintenance, and to replace connections that hang.
const POSTGRES_WRITERS: u32 = 4;
/// A connection idle for longer is tried before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(30);

/// A frozen process must not stop all writers: the server ends what takes too long and notices who is gone.
const POSTGRES_GUARDS: [(&str, &str); 6] = [
    ("statement_timeout", "15s"),
    ("idle_in_transaction_session_timeout", "5s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "25s"),
];

/// Every statement of the write path looks rows up by key, however the tables have grown since they were last counted,
/// and is planned once. Without a compiler: with sequential scans off, costs look high enough to start it.
const POSTGRES_WRITE_PLANS: [(&str, &str); 5] = [
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("plan_cache_mode", "force_generic_plan"),
    ("jit", "off"),
];

/// Where the database is and how to talk to it.
#[derive(Clone)]
pub struct DatabaseOptions {
    url: Secret<String>,
    prepared: bool,
    readers: u32,
    application: &'static str,
    may_create: bool,
    pub(super) observer: Arc<dyn StoreObserver>,
}

impl DatabaseOptions {
    /// The database at an address: `sqlite://path` or `postgres://…`.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: Secret::new(url.into()),
            prepared: true,
            readers: 8,
            application: APPLICATION,
            may_create: true,
            observer: Arc::new(Nobody),
        }
    }

    /// Whether statements are prepared; `false` behind a pooler that hands out connections a transaction at a time.
    #[must_use]
    pub const fn prepared(mut self, prepared: bool) -> Self {
        self.prepared = prepared;
        self
    }

    /// How many connections to Postgres may read at once.
    #[must_use]
    pub const fn readers(mut self, readers: u32) -> Self {
        self.readers = readers;
        self
    }

    /// To be told apart from whoever else uses the database.
    pub(super) const fn for_copying(mut self) -> Self {
        self.application = COPYING;
        self
    }

    /// Never makes an embedded database that is not there.
    pub(super) const fn existing(mut self) -> Self {
        self.may_create = false;
        self
    }

    /// Who is told of everything that is written.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn StoreObserver>) -> Self {
        self.observer = observer;
        self
    }
}

impl fmt::Debug for DatabaseOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseOptions").field("prepared", &self.prepared).finish_non_exhaustive()
    }
}

/// A connected database.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(super) write: DatabaseConnection,
    pub(super) read: DatabaseConnection,
    pub(super) backend: DbBackend,
    /// Behind a pooler: nothing is prepared, settings are set for each transaction, and reads are transactions too.
    pub(super) pooled: bool,
    /// How often a read is tried: once for each connection that may have died in the pool, and once more.
    pub(super) attempts: u32,
}

impl Database {
    pub(crate) async fn connect(options: &DatabaseOptions) -> Result<Self, Fault> {
        let url = options.url.expose();
        if let Some(path) = url.strip_prefix("sqlite://") {
            Self::sqlite(path, options.may_create).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::postgres(url, options).await
        } else {
            Err(Fault::Address)
        }
    }

    async fn sqlite(path: &str, may_create: bool) -> Result<Self, Fault> {
        if path.is_empty() || path.contains('?') || path.starts_with(':') {
            return Err(Fault::Address);
        }
        let options = SqliteConnectOptions::new()
            .filename(PathBuf::from(path))
            .busy_timeout(BUSY)
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS)
            .disable_statement_logging();
        let writer = options
            .clone()
            .create_if_missing(may_create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool = || {
            let options = SqlitePoolOptions::new().acquire_timeout(ACQUIRE);
            options.idle_timeout(None).max_lifetime(None).test_before_acquire(false)
        };
        // The writer first: it makes the file and puts it into WAL mode, which a reader cannot.
        let write = pool().min_connections(1).max_connections(1).connect_with(writer).await?;
        let reader = options.read_only(true).pragma("query_only", "on");
        let read = pool().min_connections(1).max_connections(SQLITE_READERS).connect_with(reader).await?;
        Ok(Self {
            write: SqlxSqliteConnector::from_sqlx_sqlite_pool(write),
            read: SqlxSqliteConnector::from_sqlx_sqlite_pool(read),
            backend: DbBackend::Sqlite,
            pooled: false,
            attempts: 1,
        })
    }

    async fn postgres(url: &str, options: &DatabaseOptions) -> Result<Self, Fault> {
        let common = PgConnectOptions::from_str(url)
            .map_err(|_| Fault::Address)?
            .application_name(options.application)
            .statement_cache_capacity(if options.prepared { STATEMENTS } else { 0 })
            .disable_statement_logging();
        let (reader, writer) = if options.prepared {
            let guarded = common.options(POSTGRES_GUARDS);
            (guarded.clone(), guarded.options(POSTGRES_WRITE_PLANS))
        } else {
            (common.clone(), common)
        };
        let pool = |size| {
            PgPoolOptions::new()
                .max_connections(size)
                .acquire_timeout(ACQUIRE)
                .test_before_acquire(false)
                .before_acquire(|connection, meta| {
                    Box::pin(async move {
                        if meta.idle_for > TRUSTED_IDLE {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                })
        };
        let write = pool(POSTGRES_WRITERS).connect_with(writer).await.map_err(not_there)?;
        let read = pool(options.readers.max(1)).connect_with(reader).await.map_err(not_there)?;
        Ok(Self {
            write: SqlxPostgresConnector::from_sqlx_postgres_pool(write),
            read: SqlxPostgresConnector::from_sqlx_postgres_pool(read),
            backend: DbBackend::Postgres,
            pooled: !options.prepared,
            attempts: options.readers.max(1).max(POSTGRES_WRITERS) + 1,
        })
    }

    /// How many connections there are just now.
    pub(super) fn connections(&self) -> Connections {
        Connections { read: self.in_use(&self.read), write: self.in_use(&self.write) }
    }

    fn in_use(&self, pool: &DatabaseConnection) -> PoolUse {
        let (size, idle) = if self.backend == DbBackend::Postgres {
            let pool = pool.get_postgres_connection_pool();
            (pool.size(), pool.num_idle())
        } else {
            let pool = pool.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle())
        };
        let idle = u32::try_from(idle).unwrap_or(u32::MAX);
        PoolUse { used: size.saturating_sub(idle), idle }
    }

    /// Closes both pools once what runs on them is done.
    pub(crate) async fn close(&self) {
        // Closing a pool waits for its connections and cannot fail.
        let _ = self.read.close_by_ref().await;
        let _ = self.write.close_by_ref().await;
    }
}

/// A first connection that cannot be had in time says that the server is not there, not that it is slow.
fn not_there(error: sqlx::Error) -> Fault {
    match error {
        sqlx::Error::PoolTimedOut => Fault::Unreachable("no connection could be had in time"),
        error => error.into(),
    }
}

/// The statement that sets all settings of a pooled connection for one transaction.
pub(super) fn pooled_settings(writing: bool) -> String {
    let plans: &[(&str, &str)] = if writing { &POSTGRES_WRITE_PLANS } else { &[] };
    // TCP settings belong to the connection, which here ends at the pooler.
    let settings = POSTGRES_GUARDS.iter().filter(|(name, _)| !name.starts_with("tcp_")).chain(plans);
    settings.map(|(name, value)| ["SET LOCAL ", name, " = '", value, "'; "].concat()).collect()
}
