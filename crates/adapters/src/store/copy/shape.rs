//! What tables this release has.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::table::Table;
use crate::store::Fault;
use crate::store::migration::shape_statements;
use crate::store::write::Kind;

/// Every column that can be written, those of the primary key first and in its order. The table of versions belongs to
/// the schema and is written with it.
const COLUMNS: &str = "SELECT t.name, c.name, c.type, c.pk \
    FROM sqlite_schema AS t JOIN pragma_table_xinfo(t.name) AS c \
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND c.hidden = 0 ORDER BY t.name, c.pk = 0, c.pk, c.cid";

/// Every table there is to copy.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) tables: Vec<Table>,
}

impl Shape {
    /// The tables the migrations make, by the catalogue of a database they made.
    pub(super) async fn of_release() -> Result<Self, Fault> {
        let mut memory = SqliteConnectOptions::new().in_memory(true).disable_statement_logging().connect().await?;
        for sql in shape_statements() {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut memory).await?;
        }
        let columns: Vec<(String, String, String, i64)> = sqlx::query_as(COLUMNS).fetch_all(&mut memory).await?;
        memory.close().await?;
        let mut tables: Vec<Table> = Vec::new();
        for (name, column, kind, key) in columns {
            let kind = match kind.as_str() {
                "TEXT" => Kind::Text,
                "INT" => Kind::Int,
                "BOOL" => Kind::Bool,
                "BYTES" => Kind::Bytes,
                _ => return Err(Fault::Unreadable("the type of a column")),
            };
            if tables.last().is_none_or(|table| table.name != name) {
                if key == 0 {
                    return Err(Fault::Unreadable("the primary key of a table"));
                }
                tables.push(Table { name, columns: Vec::new(), keys: 0 });
            }
            if let Some(table) = tables.last_mut() {
                table.keys += usize::from(key > 0);
                table.columns.push((column, kind));
            }
        }
        Ok(Self { tables })
    }
}
