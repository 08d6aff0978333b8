//! Grants that leave: each is copied to the past grants before its row goes, in one statement a batch.

use std::collections::BTreeSet;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::Version;
use sea_orm::DbBackend;
use serde_json::{Value as Json, json};

use super::overlay::Made;
use super::step::{Cells, Step, cell, source};
use super::tables::{GRANTS, Kind, PAST_GRANTS};

/// Where a grant stands in a row on its way: after person, version, lock and the time it was gone.
const GRANT_AT: usize = 4;

/// Grants that leave in a batch.
#[derive(Debug, Default)]
pub(super) struct PastGrants {
    /// Person, version, lock, time; then the grant, where it came within the batch.
    rows: Vec<Cells>,
    /// Person and lock of those that are in the table: each leaves it once, whatever comes after it in the batch.
    from_table: BTreeSet<Vec<String>>,
}

impl PastGrants {
    /// Notes that a grant leaves.
    pub(super) fn add(&mut self, key: &[String], version: Version, removed_at: Timestamp, made: Made<'_>) {
        let [user, lock] = key else { return };
        let mut row = vec![json!(user), json!(version), json!(lock), json!(removed_at.unix_micros())];
        match made {
            Made::Put(cells) => row.extend(cells.iter().cloned()),
            Made::Nothing if self.from_table.insert(key.to_vec()) => {
                row.extend(std::iter::repeat_n(Json::Null, GRANTS.cells.len()));
            }
            // Gone already.
            Made::Nothing | Made::Gone => return,
        }
        self.rows.push(row);
    }

    pub(super) fn step(self, backend: DbBackend) -> Option<Step> {
        (!self.rows.is_empty()).then(|| Step::over(copy_sql(backend), self.rows))
    }
}

/// Copies from the row on its way, or from the table. Runs before the steps that delete from there, or on Postgres in
/// one statement with them, which sees the table as it was.
pub(super) fn copy_sql(backend: DbBackend) -> String {
    let rows = source(backend);
    let [user, lock] = [0, 2].map(|index| cell(backend, index, Kind::Text));
    let [version, removed_at] = [1, 3].map(|index| cell(backend, index, Kind::Int));
    let columns: Vec<_> = GRANTS.cells.iter().map(|(name, _)| *name).collect();
    let columns = columns.join(", ");
    let kinds = GRANTS.cells.iter().map(|(_, kind)| *kind);
    let given: Vec<_> = (GRANT_AT..).zip(kinds).map(|(index, kind)| cell(backend, index, kind)).collect();
    let given = given.join(", ");
    // The first column of a grant is never null.
    let is_given = cell(backend, GRANT_AT, Kind::Text);
    format!(
        "INSERT INTO {past} (user_id, version, lock_id, removed_at, {columns}) \
         SELECT {user}, {version}, {lock}, {removed_at}, {given} FROM {rows} WHERE {is_given} IS NOT NULL \
         UNION ALL SELECT {user}, {version}, {lock}, {removed_at}, {columns} FROM {rows} CROSS JOIN {grants} g \
         WHERE {is_given} IS NULL AND g.user_id = {user} AND g.lock_id = {lock}",
        past = PAST_GRANTS.name,
        grants = GRANTS.name,
    )
}
