//! The statements a Postgres says that it has executed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

pub(crate) struct Log {
    file: PathBuf,
    read: u64,
}

/// How often each kind of statement was executed; for a folded one also the changes in it.
pub(crate) type Kinds = BTreeMap<String, u32>;

impl Log {
    /// Has every later connection to the database log what it executes.
    pub(crate) async fn of(url: &str, file: &Path) -> Result<Self> {
        let (_, name) = url.rsplit_once('/').context("an address without a database")?;
        let mut connection = PgConnection::connect(url).await?;
        connection.execute(AssertSqlSafe(format!("ALTER DATABASE {name} SET log_statement = 'all'"))).await?;
        connection.close().await?;
        Ok(Self { file: file.to_owned(), read: std::fs::metadata(file)?.len() })
    }

    /// What was executed since the last time.
    pub(crate) fn since(&mut self) -> Result<Kinds> {
        let mut file = File::open(&self.file)?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut bytes = Vec::new();
        self.read += file.read_to_end(&mut bytes)? as u64;
        let mut kinds = Kinds::new();
        for line in String::from_utf8_lossy(&bytes).lines() {
            for kind in statement(line).map(kinds_of).unwrap_or_default() {
                *kinds.entry(kind).or_default() += 1;
            }
        }
        Ok(kinds)
    }
}

/// The statement of a line: `… LOG:  statement: BEGIN`, `… LOG:  execute sqlx_s_1: SELECT …`.
fn statement(line: &str) -> Option<&str> {
    let (_, said) = line.split_once("LOG:  ")?;
    if let Some(sql) = said.strip_prefix("statement: ") {
        return Some(sql);
    }
    said.strip_prefix("execute ")?.split_once(": ").map(|(_, sql)| sql)
}

/// The kind of a statement by its first word; of a folded one also its parts, which are no statements of their own.
fn kinds_of(sql: &str) -> Vec<String> {
    let word = sql.split_whitespace().next().unwrap_or_default().trim_end_matches(';').to_uppercase();
    if sql.contains("pg_advisory_xact_lock") {
        return vec!["SELECT the writers' lock".to_owned()];
    }
    if word != "WITH" {
        return vec![word];
    }
    let mut kinds = vec!["WITH, all changes of a batch".to_owned()];
    for change in ["INSERT INTO", "DELETE FROM", "UPDATE"] {
        let places = sql.match_indices(change).map(|(at, _)| &sql[at + change.len()..]);
        // `ON CONFLICT … DO UPDATE SET` names no table.
        let tables = places.filter_map(|rest| rest.split_whitespace().next()).filter(|table| *table != "SET");
        kinds.extend(tables.map(|table| format!("{PART}{change} {table}")));
    }
    kinds
}

/// What a part of a statement is marked with.
pub(crate) const PART: &str = "WITH, in it: ";
