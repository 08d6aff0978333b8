//! A database for one test.

use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::machine;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file in the test's folder.
    Sqlite,
    /// A database of its own in the test run's cluster.
    Postgres,
}

/// Makes a database and answers its URL.
pub async fn make(kind: Kind, folder: &Path) -> Result<String> {
    match kind {
        Kind::Sqlite => Ok(format!("sqlite://{}", folder.join("portcullis.db").display())),
        Kind::Postgres => {
            let cluster = machine::postgres()?;
            // The folder's name is new for each test, and so is the database's.
            let folder = folder.file_name().and_then(|name| name.to_str()).context("the folder has a name")?;
            let name = folder.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
            let name = format!("e2e_{}_{name}", std::process::id());
            let mut connection = PgConnection::connect(&cluster).await.context("the test run's Postgres")?;
            sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
            connection.close().await?;
            let (server, _) = cluster.rsplit_once('/').context("a cluster URL names a database")?;
            Ok(format!("{server}/{name}"))
        }
    }
}

/// What programs of Postgres, and URLs that name no server, take from their surroundings to find the test run's cluster.
pub fn surroundings() -> Result<Vec<(&'static str, String)>> {
    let options = PgConnectOptions::from_str(&machine::postgres()?)?;
    let user = options.get_username().to_owned();
    Ok(vec![("PGHOST", options.get_host().to_owned()), ("PGPORT", options.get_port().to_string()), ("PGUSER", user)])
}

/// An event's place, as the table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Among all events.
    pub position: i64,
    /// Its stream.
    pub stream: (String, String),
    /// Among the events of its stream.
    pub version: i64,
}

/// The places of all events, by position.
pub async fn places(kind: Kind, url: &str) -> Result<Vec<Place>> {
    const PLACES: &str = "SELECT position, aggregate_type, aggregate_id, version FROM events ORDER BY position";
    type Row = (i64, String, String, i64);
    let rows: Vec<Row> = match kind {
        Kind::Sqlite => sqlx::query_as(PLACES).fetch_all(&mut SqliteConnection::connect(url).await?).await?,
        Kind::Postgres => sqlx::query_as(PLACES).fetch_all(&mut PgConnection::connect(url).await?).await?,
    };
    let place = |(position, kind, id, version)| Place { position, stream: (kind, id), version };
    Ok(rows.into_iter().map(place).collect())
}
