//! Locks that change hands: two columns of a row that is in the table, changed by one statement a batch.

use std::collections::BTreeMap;

use sea_orm::DbBackend;
use serde_json::{Value as Json, json};

use super::overlay::Overlay;
use super::step::{Step, cell, source};
use super::tables::{Kind, LOCKS};

/// Where organisation and owner stand among the cells of a lock.
const ORG: usize = 0;
const OWNER: usize = 1;

/// What a batch changes of locks in the table.
#[derive(Debug, Default)]
pub(super) struct Relocated {
    /// By lock: the new organisation, and the new owner, who may be nobody.
    rows: BTreeMap<String, (Option<Json>, Option<Json>)>,
}

impl Relocated {
    pub(super) fn org(&mut self, overlay: &mut Overlay, lock: &str, org: &Json) {
        match overlay.pending(&LOCKS, &[lock.to_owned()]) {
            Some(cells) => cells[ORG] = org.clone(),
            None => self.rows.entry(lock.to_owned()).or_default().0 = Some(org.clone()),
        }
    }

    pub(super) fn owner(&mut self, overlay: &mut Overlay, lock: &str, owner: &Json) {
        match overlay.pending(&LOCKS, &[lock.to_owned()]) {
            Some(cells) => cells[OWNER] = owner.clone(),
            None => self.rows.entry(lock.to_owned()).or_default().1 = Some(owner.clone()),
        }
    }

    /// The row is put anew.
    pub(super) fn forget(&mut self, lock: &str) {
        self.rows.remove(lock);
    }

    pub(super) fn step(self, backend: DbBackend) -> Option<Step> {
        let row = |(lock, (org, owner)): (String, (Option<Json>, Option<Json>))| {
            vec![json!(lock), json!(org), json!(owner.is_some()), json!(owner)]
        };
        let rows: Vec<_> = self.rows.into_iter().map(row).collect();
        (!rows.is_empty()).then(|| Step::over(relocate_sql(backend), rows))
    }
}

pub(super) fn relocate_sql(backend: DbBackend) -> String {
    let [lock, org, owner] = [0, 1, 3].map(|index| cell(backend, index, Kind::Text));
    format!(
        "UPDATE view_locks SET org_id = coalesce({org}, org_id), \
         owner_id = CASE WHEN {owned} THEN {owner} ELSE owner_id END FROM {rows} WHERE lock_id = {lock}",
        owned = cell(backend, 2, Kind::Bool),
        rows = source(backend),
    )
}
