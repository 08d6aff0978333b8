//! Statements of the write path.
//!
//! Whatever the size of a batch, a table is written by one statement whose text is always the same: the rows travel as
//! one JSON array. So a statement is prepared once, and on Postgres all statements of a batch are folded into one, which
//! costs one round trip. No two steps of a batch touch the same row, but in different turns.

use std::fmt::Write;

use sea_orm::{DbBackend, Statement, Value};
use serde_json::Value as Json;

use super::tables::{Column, Kind, Table};

/// One statement; `?1`, `?2` … stand for its values.
#[derive(Debug)]
pub(in crate::store) struct Step {
    sql: String,
    values: Vec<Value>,
    /// Which of the batch's statements it is part of.
    turn: Turn,
}

/// When a step runs, where a batch's steps are folded into statements. Steps of one turn see the tables as they were
/// before it, so no two of them may touch one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    First,
    /// After rows were made that it changes.
    Late,
    /// After all that was said of single rows.
    Last,
}

/// A row on its way, in the order of the columns.
pub(in crate::store) type Cells = Vec<Json>;

/// The rows of the JSON array that is the first value of a step.
pub(in crate::store) const fn source(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "json_array_elements(?1::json) AS r",
        _ => "json_each(?1) AS r",
    }
}

/// The cell of a row at an index.
pub(in crate::store) fn cell(backend: DbBackend, index: usize, kind: Kind) -> String {
    match (backend, kind) {
        (DbBackend::Postgres, Kind::Int) => format!("(r.value->>{index})::bigint"),
        (DbBackend::Postgres, Kind::Bool) => format!("(r.value->>{index})::boolean"),
        (DbBackend::Postgres, Kind::Bytes) => format!("decode(r.value->>{index}, 'hex')"),
        (_, Kind::Bytes) => format!("unhex(r.value->>{index})"),
        (_, Kind::Text | Kind::Int | Kind::Bool) => format!("(r.value->>{index})"),
    }
}

fn cells(backend: DbBackend, columns: impl Iterator<Item = Column>) -> String {
    let cells: Vec<_> = columns.enumerate().map(|(index, (_, kind))| cell(backend, index, kind)).collect();
    cells.join(", ")
}

fn names(columns: impl Iterator<Item = Column>) -> String {
    columns.map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

fn array(rows: Vec<Cells>) -> Value {
    Json::Array(rows.into_iter().map(Json::Array).collect()).to_string().into()
}

impl Step {
    /// A statement of one's own over rows; `sql` takes them from [`source`].
    pub(super) fn over(sql: String, rows: Vec<Cells>) -> Self {
        Self { sql, values: vec![array(rows)], turn: Turn::First }
    }

    /// Adds a value, which the statement calls `?2`, `?3` …
    pub(super) fn with(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Makes it run after steps that stand before it.
    pub(super) const fn at(mut self, turn: Turn) -> Self {
        self.turn = turn;
        self
    }

    /// Puts rows of distinct keys.
    pub(in crate::store) fn put(backend: DbBackend, table: &Table, rows: Vec<Cells>) -> Self {
        let name = table.name;
        let updates: Vec<_> = table
            .cells
            .iter()
            .map(|(column, _)| {
                if table.partial {
                    format!("{column} = coalesce(excluded.{column}, {name}.{column})")
                } else {
                    format!("{column} = excluded.{column}")
                }
            })
            .collect();
        let sql = format!(
            "INSERT INTO {name} ({}) SELECT {} FROM {} WHERE true ON CONFLICT ({}) DO UPDATE SET {}",
            names(table.columns()),
            cells(backend, table.columns()),
            source(backend),
            names(table.keys.iter().copied()),
            updates.join(", ")
        );
        Self::over(sql, rows)
    }

    /// Deletes the rows whose columns have these values.
    pub(in crate::store) fn delete(backend: DbBackend, table: &str, columns: &[Column], rows: Vec<Cells>) -> Self {
        let sql = format!(
            "DELETE FROM {table} WHERE ({}) IN (SELECT {} FROM {})",
            names(columns.iter().copied()),
            cells(backend, columns.iter().copied()),
            source(backend)
        );
        Self::over(sql, rows)
    }

    /// The statements to run for these steps: as few as can be on Postgres, where each costs a round trip; one a step
    /// elsewhere.
    pub(in crate::store) fn statements(backend: DbBackend, steps: Vec<Self>) -> Vec<Statement> {
        if backend != DbBackend::Postgres {
            return steps.into_iter().map(|step| Self::folded(backend, vec![step])).collect();
        }
        let mut turns = [const { Vec::new() }; 3];
        for step in steps {
            turns[step.turn as usize].push(step);
        }
        turns.into_iter().filter(|steps| !steps.is_empty()).map(|steps| Self::folded(backend, steps)).collect()
    }

    fn folded(backend: DbBackend, mut steps: Vec<Self>) -> Statement {
        let last = steps.pop();
        let (mut sql, mut values) = (String::new(), Vec::new());
        for (index, step) in steps.into_iter().enumerate() {
            let opening = if index == 0 { "WITH" } else { "," };
            let body = numbered(&step.sql, step.values.len(), values.len());
            // Writing to a String cannot fail.
            let _ = write!(sql, "{opening} s{index} AS ({body})");
            values.extend(step.values);
        }
        if let Some(step) = last {
            let _ = write!(sql, " {}", numbered(&step.sql, step.values.len(), values.len()));
            values.extend(step.values);
        }
        Statement::from_sql_and_values(backend, sql, values)
    }
}

fn numbered(sql: &str, values: usize, before: usize) -> String {
    (1..=values).rev().fold(sql.to_owned(), |sql, n| sql.replace(&format!("?{n}"), &format!("${}", before + n)))
}

/// Bytes as a batch carries them.
pub(in crate::store) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)]).collect()
}
