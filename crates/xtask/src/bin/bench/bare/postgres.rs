//! Postgres, with the cluster's own durability.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use sqlx::Executor;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use tokio::task::JoinSet;

use super::{Work, statements};
use crate::report::Measured;

statements::bare_loop!(PgPool, PgConnection, "BEGIN");

impl Loop {
    pub(super) async fn open(url: &str) -> anyhow::Result<Self> {
        let pool = PgPoolOptions::new().max_connections(8).connect(url).await?;
        for table in statements::TABLES {
            pool.execute(sqlx::AssertSqlSafe(table.replace("BYTES", "BYTEA"))).await?;
        }
        Ok(Self::over(pool))
    }
}
