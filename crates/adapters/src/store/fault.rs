//! What can go wrong below the ports, told apart by codes and never by messages.
//!
//! A database's own message can repeat a value, hence an address or a name. So it goes no further than here; what is
//! kept are codes.

use std::sync::Arc;

use portcullis_domain::port::{Crowded, Unavailable};
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};
use thiserror::Error;

use crate::seal::SealError;

/// A failure of the store. Its text carries no value from the database and nothing from its address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// The configured address of the database is of no known form.
    #[error("database.url must begin with sqlite:// or postgres:// and be well formed")]
    Address,
    /// The database cannot be reached, or the connection was lost.
    #[error("the database cannot be reached: {0}")]
    Unreachable(&'static str),
    /// The database is there and cannot serve now: full, shutting down, read-only, locked for too long.
    #[error("the database cannot serve now (code {0})")]
    NotServing(String),
    /// Another transaction stood in the way; the same again may succeed.
    #[error("another transaction stood in the way (code {0})")]
    Busy(String),
    /// The database refused a statement.
    #[error("the database refused a statement (code {0})")]
    Statement(String),
    /// A row is not what this program writes.
    #[error("{0} cannot be read")]
    Unreadable(&'static str),
    /// A value cannot be written.
    #[error("{0} cannot be written")]
    Unwritable(&'static str),
    /// A secret could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The answer did not come in time.
    #[error("the database did not answer in time")]
    Slow,
    /// More wait than a queue holds.
    #[error(transparent)]
    Crowded(Crowded),
    /// The store is closed, or was closed before it could answer.
    #[error("the store is closed")]
    Closed,
    /// Whether the transaction took effect could not be found out, or it did not.
    #[error("the transaction was not confirmed")]
    Unconfirmed,
    /// The database was written by a newer release.
    #[error("the database belongs to a newer release")]
    Newer,
}

/// What a failed transaction means for the commits in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// The database is at fault: no commit would succeed now.
    Down,
    /// Bad luck: the same again may succeed.
    Transient,
    /// One of the commits may be at fault.
    Suspect,
}

impl Fault {
    pub(crate) const fn severity(&self) -> Severity {
        match self {
            Self::Address
            | Self::Unreachable(_)
            | Self::NotServing(_)
            | Self::Slow
            | Self::Crowded(_)
            | Self::Closed
            | Self::Unconfirmed
            | Self::Newer => Severity::Down,
            Self::Busy(_) => Severity::Transient,
            Self::Statement(_) | Self::Unreadable(_) | Self::Unwritable(_) | Self::Seal(_) => Severity::Suspect,
        }
    }
}

impl From<Fault> for Unavailable {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Crowded(crowded) => Self::new(crowded),
            fault => Self::new(fault),
        }
    }
}

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        match error {
            // Not to be tried again like a connection that died in the pool: who waited that long has waited enough.
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => Self::Slow,
            DbErr::ConnectionAcquire(_) => Self::Unreachable("no connection could be had"),
            DbErr::Conn(RuntimeErr::SqlxError(error))
            | DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error)) => sqlx_fault(&error),
            DbErr::Conn(_) => Self::Unreachable("not connected"),
            _ => Self::Unreadable("an answer of the database"),
        }
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        sqlx_fault(&Arc::new(error))
    }
}

fn sqlx_fault(error: &Arc<sqlx::Error>) -> Fault {
    match &**error {
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                sqlite_fault(&code)
            } else {
                postgres_fault(&code)
            }
        }
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed | sqlx::Error::BeginFailed => {
            Fault::Unreachable("the connection was lost")
        }
        sqlx::Error::Tls(_) => Fault::Unreachable("TLS failed"),
        sqlx::Error::Configuration(_) => Fault::Address,
        sqlx::Error::PoolTimedOut => Fault::Slow,
        sqlx::Error::PoolClosed => Fault::Closed,
        sqlx::Error::Encode(_) => Fault::Unwritable("a value"),
        _ => Fault::Unreadable("an answer of the database"),
    }
}

/// SQLite's primary result code is the low byte of the extended one.
fn sqlite_fault(code: &str) -> Fault {
    match code.parse::<u32>().map(|code| code & 0xFF) {
        // BUSY and LOCKED come after the busy time-out: another process has held the file for as long.
        // PERM, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOLFS, AUTH, NOTADB.
        Ok(3 | 5..=11 | 13..=15 | 22 | 23 | 26) => Fault::NotServing(code.to_owned()),
        _ => Fault::Statement(code.to_owned()),
    }
}

fn postgres_fault(code: &str) -> Fault {
    match code {
        // Serialization failure, deadlock, lock not available.
        "40001" | "40P01" | "55P03" => Fault::Busy(code.to_owned()),
        // Idle in transaction for too long; read-only, as a standby is.
        "25P03" | "25006" => Fault::NotServing(code.to_owned()),
        // The statement took longer than it may.
        "57014" => Fault::Slow,
        // Connection exceptions, failed authentication, unknown database, no resources, cancelled by an operator or a
        // time-out, system errors, internal errors.
        _ if ["08", "28", "3D", "53", "57", "58", "XX"].iter().any(|class| code.starts_with(class)) => {
            Fault::NotServing(code.to_owned())
        }
        _ => Fault::Statement(code.to_owned()),
    }
}
