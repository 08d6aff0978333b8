//! Transactions and reads: the only place where either begins.

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait, Value,
};

use super::connect::{Database, pooled_settings};
use super::fault::Fault;
use super::row::Row;

/// All writers of a database take turns by this lock, so that each sees everything before it and positions have no gap.
const WRITERS: i64 = 0x706f_7274_6375_6c6c; // "portcull"

impl Database {
    /// Begins a transaction that may write; no other does until it ends. What it reads is what all before it have left.
    ///
    /// A connection that died in the pool is replaced here, as nothing has happened on it yet.
    pub(super) async fn begin_write(&self) -> Result<DatabaseTransaction, Fault> {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.try_begin_write().await {
                Err(Fault::Unreachable(_) | Fault::NotServing(_)) if tried < self.attempts => {}
                result => return result,
            }
        }
    }

    /// The same for maintenance, which may take as long as it takes.
    pub(super) async fn begin_long_write(&self) -> Result<DatabaseTransaction, Fault> {
        let transaction = self.begin_write().await?;
        if self.backend == DbBackend::Postgres {
            transaction.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        }
        Ok(transaction)
    }

    async fn try_begin_write(&self) -> Result<DatabaseTransaction, Fault> {
        let options = TransactionOptions {
            sqlite_transaction_mode: (self.backend == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.write.begin_with_options(options).await?;
        if self.backend == DbBackend::Postgres {
            let settings = if self.pooled { pooled_settings(true) } else { String::new() };
            transaction.execute_unprepared(&format!("{settings}SELECT pg_advisory_xact_lock({WRITERS})")).await?;
        }
        Ok(transaction)
    }

    /// Runs one statement that reads, and returns all its rows.
    pub(super) async fn all(&self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Fault> {
        let statement = Statement::from_sql_and_values(self.backend, sql, values);
        let mut tried = 0;
        loop {
            tried += 1;
            let rows =
                if self.pooled { self.pooled_read(&statement).await } else { self.direct_read(&statement).await };
            match rows.map_err(Fault::from) {
                // A read may be repeated: the connection may have died in the pool.
                Err(Fault::Unreachable(_) | Fault::NotServing(_)) if tried < self.attempts => {}
                rows => return Ok(rows?.into_iter().map(Row::new).collect()),
            }
        }
    }

    /// The same, for a statement with at most one row.
    pub(super) async fn one(&self, sql: &'static str, values: Vec<Value>) -> Result<Option<Row>, Fault> {
        Ok(self.all(sql, values).await?.into_iter().next())
    }

    async fn direct_read(&self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.read.query_all_raw(statement.clone()).await
    }

    /// A statement that is not prepared takes two round trips, which a pooler may send to two servers unless they are
    /// one transaction.
    async fn pooled_read(&self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        let options = TransactionOptions { access_mode: Some(AccessMode::ReadOnly), ..TransactionOptions::default() };
        let transaction = self.read.begin_with_options(options).await?;
        transaction.execute_unprepared(&pooled_settings(false)).await?;
        let rows = transaction.query_all_raw(statement.clone()).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}
