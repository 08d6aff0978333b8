//! One of the two databases, with all its writers kept waiting.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use portcullis_domain::clock::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, QueryResult, Statement, Value};
use tokio::time::{Instant, sleep};

use super::table::Table;
use super::{CopyFault, Shape};
use crate::store::connect::{APPLICATION, Database};
use crate::store::row::Row;
use crate::store::{Fault, SchemaState};

/// How long a server may show connections of a process that has just ended.
const LEAVING: Duration = Duration::from_secs(2);

/// What no other database answers. A server tells when it was started, to the microsecond.
pub(super) async fn identity(database: &Database) -> Result<String, Fault> {
    let sql = match database.backend {
        DbBackend::Postgres => "SELECT pg_postmaster_start_time()::text || current_database() AS id",
        _ => "SELECT file AS id FROM pragma_database_list WHERE name = 'main'",
    };
    database.one(sql, Vec::new()).await?.ok_or(Fault::Unreadable("the database's name"))?.text("id")
}

/// A database in the middle of one transaction.
pub(super) struct End<'a> {
    database: &'a Database,
    transaction: DatabaseTransaction,
}

impl<'a> End<'a> {
    /// Takes the writers' turn until this is dropped or committed.
    pub(super) async fn hold(database: &'a Database) -> Result<Self, Fault> {
        let transaction = database.begin_long_write().await?;
        if database.backend == DbBackend::Postgres {
            // One side waits while the other is busy.
            transaction.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
        }
        Ok(Self { database, transaction })
    }

    pub(super) const fn transaction(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    pub(super) async fn rows(&self, sql: String, values: Vec<Value>) -> Result<Vec<QueryResult>, Fault> {
        let statement = Statement::from_sql_and_values(self.database.backend, sql, values);
        Ok(self.transaction.query_all_raw(statement).await?)
    }

    pub(super) async fn execute(&self, sql: String, values: Vec<Value>) -> Result<(), Fault> {
        let statement = Statement::from_sql_and_values(self.database.backend, sql, values);
        self.transaction.execute_raw(statement).await?;
        Ok(())
    }

    /// The only row of an answer.
    pub(super) async fn row(&self, sql: &str, values: Vec<Value>) -> Result<Row, Fault> {
        let row = self.rows(sql.to_owned(), values).await?.into_iter().next();
        row.map(Row::new).ok_or(Fault::Unreadable("an answer of the database"))
    }

    pub(super) async fn count(&self, table: &Table) -> Result<u64, Fault> {
        self.row(&format!("SELECT count(*) AS n FROM {}", table.name), Vec::new()).await?.number("n")
    }

    /// No other process of ours may have a connection. Who serves an embedded database holds a lock beside it instead.
    pub(super) async fn must_be_idle(&self) -> Result<(), CopyFault> {
        const OTHERS: &str =
            "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1";
        if self.database.backend != DbBackend::Postgres {
            return Ok(());
        }
        let until = Instant::now() + LEAVING;
        loop {
            // Not in the transaction: there the server shows who was connected at the first look, and nobody else.
            let row = self.database.one(OTHERS, vec![APPLICATION.into()]).await.map_err(CopyFault::Source)?;
            let row = row.ok_or(CopyFault::Source(Fault::Unreadable("an answer of the database")))?;
            match row.number("n").map_err(CopyFault::Source)? {
                0 => return Ok(()),
                others if Instant::now() > until => return Err(CopyFault::InUse(others)),
                _ => sleep(LEAVING / 10).await,
            }
        }
    }

    /// A column added by hand would be lost, and one that is missing cannot be read.
    pub(super) async fn must_have(&self, shape: &Shape) -> Result<(), CopyFault> {
        let there = self.columns().await.map_err(CopyFault::Source)?;
        for table in &shape.tables {
            let columns = table.columns.iter().map(|(name, _)| name.clone()).collect::<BTreeSet<_>>();
            if there.get(&table.name) != Some(&columns) {
                return Err(CopyFault::SourceTable(table.name.clone()));
            }
        }
        Ok(())
    }

    /// Sees that there is nothing yet, and makes the schema if there is none.
    pub(super) async fn prepare(&self, shape: &Shape, now: Timestamp) -> Result<(), CopyFault> {
        match self.database.schema_state().await.map_err(CopyFault::Target)? {
            SchemaState::Older | SchemaState::Newer => Err(CopyFault::TargetSchema),
            SchemaState::Empty => {
                let there = self.columns().await.map_err(CopyFault::Target)?;
                if let Some(table) = shape.tables.iter().find(|table| there.contains_key(&table.name)) {
                    return Err(CopyFault::TargetTable(table.name.clone()));
                }
                self.database.migrate_within(&self.transaction, now).await.map_err(CopyFault::Schema)
            }
            SchemaState::Current => {
                for table in &shape.tables {
                    let sql = format!("SELECT EXISTS (SELECT 1 FROM {}) AS any_row", table.name);
                    let row = self.row(&sql, Vec::new()).await;
                    if row.and_then(|row| row.flag("any_row")).map_err(CopyFault::Target)? {
                        return Err(CopyFault::TargetRows(table.name.clone()));
                    }
                }
                Ok(())
            }
        }
    }

    /// The columns of every table there is, ours or not.
    async fn columns(&self) -> Result<BTreeMap<String, BTreeSet<String>>, Fault> {
        let sql = match self.database.backend {
            DbBackend::Postgres => {
                "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns \
                 WHERE table_schema = current_schema()"
            }
            _ => {
                "SELECT t.name AS t, c.name AS c FROM sqlite_schema AS t JOIN pragma_table_xinfo(t.name) AS c \
                 WHERE t.type = 'table'"
            }
        };
        let mut columns: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for row in self.rows(sql.to_owned(), Vec::new()).await?.into_iter().map(Row::new) {
            columns.entry(row.text("t")?).or_default().insert(row.text("c")?);
        }
        Ok(columns)
    }

    /// Makes everything count that was written.
    pub(super) async fn commit(self) -> Result<(), CopyFault> {
        self.transaction.commit().await.map_err(|error| CopyFault::Unconfirmed(error.into()))
    }
}
