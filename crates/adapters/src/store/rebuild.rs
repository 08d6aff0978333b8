//! Making the views anew from the events, and showing them.

use std::fmt::Write;

use portcullis_domain::event::Position;
use portcullis_domain::projection::project;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, Value};
use serde_json::{Map, Value as Json};

use super::Fault;
use super::connect::Database;
use super::row::Row;
use super::write::{Column, Kind, Step, Table, VIEWS, Views};

/// Events replayed at a time.
const PAGE: i64 = 500;

const EVENTS: &str = "SELECT position, aggregate_type, aggregate_id, version, body FROM events \
    WHERE position > $1 ORDER BY position LIMIT $2";

impl Database {
    /// Empties every view and replays all events, in one transaction: readers see the old views or the new, and writers
    /// wait.
    pub(super) async fn rebuild_views(&self) -> Result<(), Fault> {
        let transaction = self.begin_long_write().await?;
        self.refill_views(&transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// The same within a transaction.
    pub(super) async fn refill_views(&self, transaction: &DatabaseTransaction) -> Result<(), Fault> {
        for view in VIEWS {
            transaction.execute_unprepared(&format!("DELETE FROM {}", view.name)).await?;
        }
        let mut after = Position::START;
        loop {
            let number = i64::try_from(after.number()).map_err(|_| Fault::Unreadable("position"))?;
            let page = Statement::from_sql_and_values(self.backend, EVENTS, [number.into(), Value::from(PAGE)]);
            let rows = transaction.query_all_raw(page).await?;
            if rows.is_empty() {
                break;
            }
            let mut views = Views::default();
            for row in rows {
                let recorded = Row::new(row).recorded()?;
                let envelope = recorded.envelope().map_err(|_| Fault::Unreadable("an event"))?;
                after = recorded.position;
                for change in project(&envelope) {
                    views.apply(change);
                }
            }
            for statement in Step::statements(self.backend, views.steps(self.backend)) {
                transaction.execute_raw(statement).await?;
            }
        }
        Ok(())
    }

    /// Every row of every view as text, in the order of the keys: two databases with the same views give the same text.
    pub(super) async fn dump_views(&self) -> Result<String, Fault> {
        let mut dump = String::new();
        for view in VIEWS {
            let names = |columns: &[Column]| columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            let all: Vec<_> = view.columns().collect();
            let sql = format!("SELECT {} FROM {} ORDER BY {}", names(&all), view.name, names(view.keys));
            let rows = self.read.query_all_raw(Statement::from_string(self.backend, sql)).await?;
            for row in rows.into_iter().map(Row::new) {
                // Writing to a String cannot fail.
                let _ = writeln!(dump, "{} {}", view.name, line(view, &row)?);
            }
        }
        Ok(dump)
    }
}

fn line(view: &'static Table, row: &Row) -> Result<Json, Fault> {
    let mut line = Map::new();
    for (name, kind) in view.columns() {
        let value = match kind {
            Kind::Text => row.maybe_text(name)?.into(),
            Kind::Int => row.get::<Option<i64>>(name)?.into(),
            Kind::Bool => row.flag(name)?.into(),
            Kind::Bytes => row.bytes(name)?.into(),
        };
        line.insert(name.to_owned(), value);
    }
    Ok(Json::Object(line))
}
