//! `SQLite`: one writer, write-ahead log, every commit waits for the disk.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use sqlx::Executor;
use sqlx::sqlite::SqliteSynchronous;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use tokio::task::JoinSet;

use super::{Work, statements};
use crate::report::Measured;

statements::bare_loop!(SqlitePool, SqliteConnection, "BEGIN IMMEDIATE");

impl Loop {
    pub(super) async fn open(url: &str) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        for table in statements::TABLES {
            pool.execute(sqlx::AssertSqlSafe(table.replace("BYTES", "BLOB"))).await?;
        }
        Ok(Self::over(pool))
    }
}
