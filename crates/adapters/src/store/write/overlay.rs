//! What a batch leaves behind in each table: for every key the last word, be it a row or its absence.

use std::collections::BTreeMap;

use sea_orm::DbBackend;
use serde_json::Value as Json;

use super::step::{Cells, Step};
use super::tables::Table;

#[derive(Debug)]
struct Rows {
    table: &'static Table,
    /// The key's text, then the row after its key; none = it is gone.
    last: BTreeMap<Vec<String>, Option<Cells>>,
}

/// What a batch has made of a row so far.
#[derive(Debug, Clone, Copy)]
pub(super) enum Made<'a> {
    /// Nothing: it is as the table has it.
    Nothing,
    /// It is gone.
    Gone,
    /// It is this one.
    Put(&'a Cells),
}

/// Changes of whole rows, the later over the earlier.
#[derive(Debug, Default)]
pub(in crate::store) struct Overlay {
    tables: BTreeMap<&'static str, Rows>,
}

impl Overlay {
    fn rows(&mut self, table: &'static Table) -> &mut BTreeMap<Vec<String>, Option<Cells>> {
        &mut self.tables.entry(table.name).or_insert_with(|| Rows { table, last: BTreeMap::new() }).last
    }

    /// Puts a row. Into a table that takes part rows, what it has no value for stays as it was put before.
    pub(in crate::store) fn put(&mut self, table: &'static Table, key: Vec<String>, mut cells: Cells) {
        let slot = self.rows(table).entry(key).or_default();
        if table.partial
            && let Some(before) = slot.take()
        {
            for (cell, before) in cells.iter_mut().zip(before) {
                if cell.is_null() {
                    *cell = before;
                }
            }
        }
        *slot = Some(cells);
    }

    pub(in crate::store) fn delete(&mut self, table: &'static Table, key: Vec<String>) {
        self.rows(table).insert(key, None);
    }

    /// What the batch has made of a row so far.
    pub(super) fn made(&self, table: &'static Table, key: &[String]) -> Made<'_> {
        match self.tables.get(table.name).and_then(|rows| rows.last.get(key)) {
            None => Made::Nothing,
            Some(None) => Made::Gone,
            Some(Some(cells)) => Made::Put(cells),
        }
    }

    /// The row put under a key, to be changed further.
    pub(in crate::store) fn pending(&mut self, table: &'static Table, key: &[String]) -> Option<&mut Cells> {
        self.rows(table).get_mut(key)?.as_mut()
    }

    /// Forgets rows to be put that a test picks.
    pub(super) fn forget_puts(&mut self, table: &'static Table, doomed: impl Fn(&[String], &Cells) -> bool) {
        self.rows(table).retain(|key, row| !row.as_ref().is_some_and(|cells| doomed(key, cells)));
    }

    pub(in crate::store) fn steps(self, backend: DbBackend) -> Vec<Step> {
        let mut steps = Vec::new();
        for Rows { table, last } in self.tables.into_values() {
            let (mut puts, mut gone) = (Vec::new(), Vec::new());
            for (key, row) in last {
                let mut cells: Cells = key.into_iter().map(Json::String).collect();
                match row {
                    Some(rest) => {
                        cells.extend(rest);
                        puts.push(cells);
                    }
                    None => gone.push(cells),
                }
            }
            if !gone.is_empty() {
                steps.push(Step::delete(backend, table.name, table.keys, gone));
            }
            if !puts.is_empty() {
                steps.push(Step::put(backend, table, puts));
            }
        }
        steps
    }
}
