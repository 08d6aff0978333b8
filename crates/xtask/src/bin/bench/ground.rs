//! Where a benchmark takes place: a fresh folder, and a Postgres where one is measured.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use xtask::postgres::{self, Cluster};
use xtask::step::announce;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// Fields go in this order: the server before its folder.
pub(crate) struct Ground {
    cluster: Option<Cluster>,
    folder: Folder,
}

impl Ground {
    pub(crate) fn prepare(database: Database) -> Result<Self> {
        let folder = Folder::create()?;
        let cluster = match database {
            Database::Sqlite => None,
            Database::Postgres => Some(Cluster::start(&postgres::provide()?)?),
        };
        Ok(Self { cluster, folder })
    }

    /// A folder of that name.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.0.join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// The address of a new, empty database.
    pub(crate) async fn database(&self, name: &str) -> Result<String> {
        let Some(cluster) = &self.cluster else {
            return Ok(format!("sqlite://{}", self.folder(name)?.join("portcullis.db").display()));
        };
        let mut connection = PgConnection::connect(&cluster.url()).await?;
        connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        connection.close().await?;
        let url = cluster.url();
        let (server, _) = url.rsplit_once('/').context("an address without a database")?;
        Ok(format!("{server}/{name}"))
    }

    /// How many commits the service of a database has written, as far as it remembers: those of the last day.
    pub(crate) async fn commits(&self, url: &str) -> Result<u32> {
        const COUNT: &str = "SELECT count(*) FROM work_commits";
        let count: i64 = if self.cluster.is_some() {
            let mut connection = PgConnection::connect(url).await?;
            sqlx::query_scalar(COUNT).fetch_one(&mut connection).await?
        } else {
            let mut connection = SqliteConnection::connect(url).await?;
            sqlx::query_scalar(COUNT).fetch_one(&mut connection).await?
        };
        Ok(u32::try_from(count)?)
    }

    /// The log of the server, where there is one.
    pub(crate) fn log(&self) -> Option<PathBuf> {
        self.cluster.as_ref().map(Cluster::log)
    }
}

/// A fresh folder, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn create() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("portcullis-bench-{}", std::process::id()));
        fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            announce(format!("{} stays: {error}", self.0.display()));
        }
    }
}
