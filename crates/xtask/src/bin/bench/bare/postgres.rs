//! Postgres, with the cluster's own durability.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sqlx::{Connection, Executor};
use tokio::task::JoinSet;

use super::statements;
use crate::report::Measured;

statements::bare_loop!(PgPool, PgConnection, "BEGIN");

impl Loop {
    /// Makes two databases: one for this loop, and an empty one whose address it gives.
    pub(super) async fn open(url: &str) -> anyhow::Result<(Self, String)> {
        let mut connection = PgConnection::connect(url).await?;
        connection.execute("CREATE DATABASE bare").await?;
        connection.execute("CREATE DATABASE portcullis").await?;
        connection.close().await?;
        let (server, _) = url.rsplit_once('/').context("an address without a database")?;
        let pool = PgPoolOptions::new().max_connections(8).connect(&format!("{server}/bare")).await?;
        for table in statements::TABLES {
            pool.execute(sqlx::AssertSqlSafe(table.replace("BYTES", "BYTEA"))).await?;
        }
        Ok((Self::over(pool), format!("{server}/portcullis")))
    }
}
