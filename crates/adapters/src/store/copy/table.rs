//! One table: reading it page by page, writing it, and comparing both sides.

use sea_orm::{QueryResult, Value};

use super::{CopyFault, End, Steps};
use crate::store::Fault;
use crate::store::write::{Kind, VIEWS};

/// Rows read and written at a time.
const PAGE: usize = 250;

/// A table as this release has it.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    /// Those of the primary key come first.
    pub(super) columns: Vec<(String, Kind)>,
    /// How many columns the primary key has.
    pub(super) keys: usize,
}

/// The cells of a row, in the order of the columns.
type Cells = Vec<Value>;

impl Table {
    /// Is it made from the events alone?
    pub(super) fn is_view(&self) -> bool {
        VIEWS.iter().any(|view| view.name == self.name)
    }

    fn names(&self, columns: usize) -> String {
        self.columns.iter().take(columns).map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn page_sql(&self, begun: bool) -> String {
        let (all, keys) = (self.names(self.columns.len()), self.names(self.keys));
        let (after, limit) = if begun {
            (format!(" WHERE ({keys}) > ({})", parameters(1, self.keys)), self.keys + 1)
        } else {
            (String::new(), 1)
        };
        format!("SELECT {all} FROM {}{after} ORDER BY {keys} LIMIT ${limit}", self.name)
    }

    fn insert_sql(&self, rows: usize) -> String {
        let width = self.columns.len();
        let rows: Vec<_> = (0..rows).map(|row| format!("({})", parameters(row * width + 1, width))).collect();
        format!("INSERT INTO {} ({}) VALUES {}", self.name, self.names(width), rows.join(", "))
    }

    /// The rows after a key, in the order of the keys.
    async fn page(&self, end: &End<'_>, after: Option<&[Value]>) -> Result<Vec<Cells>, Fault> {
        let mut values = after.map(<[Value]>::to_vec).unwrap_or_default();
        values.push(i64::try_from(PAGE).map_err(|_| Fault::Unwritable("the size of a page"))?.into());
        let rows = end.rows(self.page_sql(after.is_some()), values).await?;
        rows.iter().map(|row| self.cells(row)).collect()
    }

    fn cells(&self, row: &QueryResult) -> Result<Cells, Fault> {
        let cells = self.columns.iter().enumerate().map(|(index, (_, kind))| {
            let value = match kind {
                Kind::Text => row.try_get_by_index::<Option<String>>(index).map(Value::from),
                Kind::Int => row.try_get_by_index::<Option<i64>>(index).map(Value::from),
                Kind::Bool => row.try_get_by_index::<Option<bool>>(index).map(Value::from),
                Kind::Bytes => row.try_get_by_index::<Option<Vec<u8>>>(index).map(Value::from),
            };
            value.map_err(|_| Fault::Unreadable("a cell"))
        });
        cells.collect()
    }

    fn key_of_last<'a>(&self, page: &'a [Cells]) -> Option<&'a [Value]> {
        page.last().and_then(|row| row.get(..self.keys))
    }
}

fn parameters(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

/// Puts every row of the source into the target.
pub(super) async fn copy(table: &Table, from: &End<'_>, to: &End<'_>, steps: &mut Steps<'_>) -> Result<(), CopyFault> {
    let failed = |fault| CopyFault::Rows(table.name.clone(), fault);
    let mut before = Vec::new();
    loop {
        let page = table.page(from, table.key_of_last(&before)).await.map_err(failed)?;
        if page.is_empty() {
            return Ok(());
        }
        let values = page.iter().flatten().cloned().collect();
        to.execute(table.insert_sql(page.len()), values).await.map_err(failed)?;
        steps.add(page.len() as u64);
        before = page;
    }
}

/// Compares both sides cell by cell, and counts the rows.
pub(super) async fn compare(
    table: &Table,
    from: &End<'_>,
    to: &End<'_>,
    steps: &mut Steps<'_>,
) -> Result<u64, CopyFault> {
    let (mut before, mut rows) = (Vec::new(), 0);
    loop {
        let after = table.key_of_last(&before);
        let both = tokio::try_join!(table.page(from, after), table.page(to, after));
        let (there, here) = both.map_err(|fault| CopyFault::Rows(table.name.clone(), fault))?;
        if there != here {
            let name = table.name.clone();
            return Err(if table.is_view() { CopyFault::StaleView(name) } else { CopyFault::Differs(name) });
        }
        if there.is_empty() {
            return Ok(rows);
        }
        rows += there.len() as u64;
        steps.add(there.len() as u64);
        before = there;
    }
}
