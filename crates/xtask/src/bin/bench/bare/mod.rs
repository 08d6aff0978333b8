//! The statements of one command, and nothing else: what the engine gives on this disk with the service's durability.

mod postgres;
mod sqlite;
mod statements;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use crate::ground::Database;
use crate::report::Measured;

/// Commands in one transaction of the batched loop: what the service shares when as many callers wait.
pub(crate) const PER_BATCH: u32 = 64;

/// What a loop does over and over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Grant,
    List,
    Revoke,
}

pub(crate) enum Bare {
    Sqlite(Arc<sqlite::Loop>),
    Postgres(Arc<postgres::Loop>),
}

impl Bare {
    /// Over an empty database at an address.
    pub(crate) async fn open(database: Database, url: &str) -> Result<Self> {
        Ok(match database {
            Database::Sqlite => Self::Sqlite(sqlite::Loop::open(url).await?.into()),
            Database::Postgres => Self::Postgres(postgres::Loop::open(url).await?.into()),
        })
    }

    /// Makes `count` grants to take away.
    pub(crate) async fn seed(&self, count: usize) -> Result<()> {
        let count = i64::try_from(count)?;
        match self {
            Self::Sqlite(bare) => bare.seed(count).await,
            Self::Postgres(bare) => bare.seed(count).await,
        }
    }

    /// Makes `people` lists to read, of `each` locks.
    pub(crate) async fn seed_lists(&self, people: usize, each: usize) -> Result<()> {
        let (people, each) = (i64::try_from(people)?, i64::try_from(each)?);
        match self {
            Self::Sqlite(bare) => bare.seed_lists(people, each).await,
            Self::Postgres(bare) => bare.seed_lists(people, each).await,
        }
    }

    pub(crate) async fn one_each(&self, work: Work, limit: Duration) -> Result<Measured> {
        match self {
            // One writer, and as many readers as the service has.
            Self::Sqlite(bare) => bare.run(work, if work == Work::List { 4 } else { 1 }, 1, limit).await,
            // A lone client would measure round trips.
            Self::Postgres(bare) => bare.run(work, 8, 1, limit).await,
        }
    }

    pub(crate) async fn batched(&self, work: Work, limit: Duration) -> Result<Measured> {
        match self {
            Self::Sqlite(bare) => bare.run(work, 1, PER_BATCH, limit).await,
            Self::Postgres(bare) => bare.run(work, 1, PER_BATCH, limit).await,
        }
    }
}
