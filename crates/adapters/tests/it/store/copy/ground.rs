//! A database full of everything, and what is in one as text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use portcullis_domain::commit::PrivateChange;
use portcullis_testkit::build::{a_commit, a_message, a_person, a_totp, an_answer, millis};
use portcullis_testkit::contract::store::views::rebuilt_views_equal_live_ones;
use sea_orm::DbBackend;

use crate::harness::Sea;

/// More rows than travel at a time.
const ROWS: usize = 600;

/// A column: what it is called, what is in it, and may it be empty.
struct Column {
    name: String,
    kind: String,
    nullable: bool,
}

async fn columns(sea: &Sea, table: &str) -> Vec<Column> {
    let sql = match sea.backend() {
        DbBackend::Postgres => format!(
            "SELECT column_name || '|' || data_type || '|' || is_nullable FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name = '{table}'"
        ),
        _ => format!(
            "SELECT name || '|' || type || '|' || CASE WHEN \"notnull\" OR pk THEN 'NO' ELSE 'YES' END \
             FROM pragma_table_info('{table}')"
        ),
    };
    let column = |line: String| {
        let parts: Vec<_> = line.split('|').collect();
        Column { name: parts[0].to_owned(), kind: parts[1].to_owned(), nullable: parts[2] == "YES" }
    };
    let mut columns: Vec<_> = sea.column(&sql).await.into_iter().map(column).collect();
    // The engines have orders of their own.
    columns.sort_by(|one, other| one.name.cmp(&other.name));
    columns
}

/// The names of all columns that say yes or no; SQLite itself does not know them.
fn flags() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/migration");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts = files.filter(|path| path.extension().is_some_and(|end| end == "sql")).map(std::fs::read_to_string);
    let mut flags = BTreeSet::new();
    for text in texts.map(Result::unwrap) {
        let words: Vec<_> = text.split_whitespace().collect();
        flags.extend(words.windows(2).filter(|pair| pair[1].starts_with("@bool")).map(|pair| pair[0].to_owned()));
    }
    flags
}

/// Every event there is with its views, and in all other tables hundreds of rows with whatever a column can hold.
pub(super) async fn fill(sea: &Sea) {
    rebuilt_views_equal_live_ones(sea).await;
    let user = a_person().email("zed@example.com").put(&sea.store).await;
    a_commit()
        .private(PrivateChange::Totp(a_totp(user)))
        .message(a_message("key"))
        .answer(an_answer(1, 2, "an answer", millis(i64::MAX)))
        .put(&sea.store)
        .await;
    let flags = flags();
    let tables = sea.tables().await;
    for table in tables.iter().filter(|table| !is_made_otherwise(table)) {
        let columns = columns(sea, table).await;
        let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        let rows: Vec<_> = (0..ROWS)
            .map(|row| {
                let cells: Vec<_> = columns.iter().map(|column| literal(sea.backend(), &flags, column, row)).collect();
                format!("({})", cells.join(", "))
            })
            .collect();
        sea.execute(&format!("INSERT INTO {table} ({}) VALUES {}", names.join(", "), rows.join(", "))).await;
    }
}

fn is_made_otherwise(table: &str) -> bool {
    table == "events" || table == "schema_versions" || table.starts_with("view_")
}

/// A value of a column. What may not be empty may have to be unique, so it is.
fn literal(backend: DbBackend, flags: &BTreeSet<String>, column: &Column, row: usize) -> String {
    if column.nullable && row.is_multiple_of(5) {
        return "NULL".to_owned();
    }
    let unique = !column.nullable;
    match column.kind.as_str() {
        "boolean" => row.is_multiple_of(2).to_string(),
        "INTEGER" if flags.contains(&column.name) => (row % 2).to_string(),
        "INTEGER" | "bigint" if unique => (1_000_000 + row).to_string(),
        "INTEGER" | "bigint" => ["0", "-1", "9223372036854775807", "-9223372036854775807"][row % 4].to_owned(),
        "TEXT" | "text" => {
            let text = ["", "it''s", "Zoë 🔑", "a\tb\nc", "\\x00", "z", "Ä", "a"][row % 8];
            if unique { format!("'{text} {row}'") } else { format!("'{text}'") }
        }
        "BLOB" | "bytea" => {
            // Begins like nothing that is sealed.
            let mut bytes = vec![0xFF];
            if unique {
                bytes.extend(row.to_be_bytes());
            }
            bytes.extend((0..row % 300).map(|byte| u8::try_from(byte % 256).unwrap()));
            let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            });
            if backend == DbBackend::Postgres { format!("'\\x{hex}'") } else { format!("x'{hex}'") }
        }
        kind => panic!("columns of {kind} are new: say what is in them"),
    }
}

/// Every row of every table as text, by table.
pub(super) type Dump = BTreeMap<String, Vec<String>>;

/// Names the tables that differ; their rows would fill a book.
#[track_caller]
pub(super) fn assert_same(found: &Dump, wanted: &Dump) {
    let names: BTreeSet<_> = found.keys().chain(wanted.keys()).collect();
    let differ: Vec<_> = names.into_iter().filter(|name| found.get(*name) != wanted.get(*name)).collect();
    assert!(differ.is_empty(), "{differ:?}");
}

/// What is in a database, told the same way on each engine.
pub(super) async fn dump(sea: &Sea) -> Dump {
    let mut dump = BTreeMap::new();
    for table in sea.tables().await.into_iter().filter(|table| table != "schema_versions") {
        let cells: Vec<_> = columns(sea, &table).await.iter().map(|column| cell(sea.backend(), column)).collect();
        let mut rows = sea.column(&format!("SELECT {} FROM {table}", cells.join(" || '|' || "))).await;
        rows.sort();
        dump.insert(table, rows);
    }
    dump
}

fn cell(backend: DbBackend, column: &Column) -> String {
    let name = &column.name;
    let text = match (backend, column.kind.as_str()) {
        (DbBackend::Postgres, "bytea") => format!("encode({name}, 'hex')"),
        (DbBackend::Postgres, "boolean") => format!("{name}::int::text"),
        (DbBackend::Postgres, _) => format!("{name}::text"),
        // Of nothing it makes an empty text.
        (_, "BLOB") => format!("CASE WHEN {name} IS NOT NULL THEN lower(hex({name})) END"),
        _ => format!("CAST({name} AS TEXT)"),
    };
    format!("coalesce({text}, 'NULL')")
}

/// Takes away all there is, the schema too.
pub(super) async fn bare(sea: &Sea) {
    for table in sea.tables().await {
        sea.execute(&format!("DROP TABLE {table}")).await;
    }
}
