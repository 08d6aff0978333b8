//! The statements of one revoke, and nothing else: what the engine gives on this disk with the service's durability.

mod postgres;
mod sqlite;
mod statements;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use crate::report::Measured;

/// Revokes in one transaction of the batched loop: what the service shares when as many callers wait.
pub(crate) const PER_BATCH: u32 = 64;

pub(crate) enum Bare {
    Sqlite(Arc<sqlite::Loop>),
    Postgres(Arc<postgres::Loop>),
}

impl Bare {
    pub(crate) async fn sqlite(file: &Path) -> Result<Self> {
        Ok(Self::Sqlite(sqlite::Loop::open(file).await?.into()))
    }

    /// Gives also the address of another, empty database of the same cluster.
    pub(crate) async fn postgres(url: &str) -> Result<(Self, String)> {
        let (bare, empty) = postgres::Loop::open(url).await?;
        Ok((Self::Postgres(bare.into()), empty))
    }

    /// Makes `count` grants to take away.
    pub(crate) async fn seed(&self, count: usize) -> Result<()> {
        let count = i64::try_from(count)?;
        match self {
            Self::Sqlite(bare) => bare.seed(count).await,
            Self::Postgres(bare) => bare.seed(count).await,
        }
    }

    pub(crate) async fn one_each(&self, limit: Duration) -> Result<Measured> {
        match self {
            Self::Sqlite(bare) => bare.run(1, 1, limit).await,
            // A lone client would measure round trips.
            Self::Postgres(bare) => bare.run(8, 1, limit).await,
        }
    }

    pub(crate) async fn batched(&self, limit: Duration) -> Result<Measured> {
        match self {
            Self::Sqlite(bare) => bare.run(1, PER_BATCH, limit).await,
            Self::Postgres(bare) => bare.run(1, PER_BATCH, limit).await,
        }
    }
}
