//! Failed sign-ins of a batch, added up before they are added to what the table has: nobody's is lost, whoever else
//! counts at the same time, and a batch full of them costs one statement.

use std::collections::BTreeMap;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::session::{FailedSignIns, FailureKey};
use sea_orm::DbBackend;
use serde_json::json;

use super::step::{Cells, Step, cell, hex, source};
use super::tables::{Kind, SIGN_IN_FAILURES};

/// What a batch does under one key.
#[derive(Default)]
struct Tally {
    /// What the table has does not count any more.
    cleared: bool,
    failed: Option<FailedSignIns>,
}

#[derive(Default)]
pub(super) struct SignIns(BTreeMap<FailureKey, Tally>);

impl SignIns {
    pub(super) fn failed(&mut self, key: FailureKey, at: Timestamp, until: Timestamp) {
        let tally = self.0.entry(key).or_default();
        tally.failed = Some(tally.failed.map_or(FailedSignIns::first(at, until), |before| before.one_more(at, until)));
    }

    pub(super) fn clear(&mut self, key: FailureKey) {
        self.0.insert(key, Tally { cleared: true, failed: None });
    }

    pub(super) fn steps(self, backend: DbBackend) -> Vec<Step> {
        let (mut gone, mut puts, mut added) = (Vec::new(), Vec::new(), Vec::new());
        for (key, tally) in self.0 {
            let key = json!(hex(key.as_bytes()));
            match tally {
                Tally { failed: None, .. } => gone.push(vec![key]),
                Tally { failed: Some(failed), cleared: true } => puts.push(row(key, failed)),
                Tally { failed: Some(failed), cleared: false } => added.push(row(key, failed)),
            }
        }
        let mut steps = Vec::new();
        if !gone.is_empty() {
            steps.push(Step::delete(backend, SIGN_IN_FAILURES.name, SIGN_IN_FAILURES.keys, gone));
        }
        if !puts.is_empty() {
            steps.push(Step::put(backend, &SIGN_IN_FAILURES, puts));
        }
        if !added.is_empty() {
            steps.push(Step::over(add_sql(backend), added));
        }
        steps
    }
}

fn row(key: serde_json::Value, failed: FailedSignIns) -> Cells {
    vec![key, json!(failed.count), json!(failed.since.unix_micros()), json!(failed.until.unix_micros())]
}

/// The rule of [`FailedSignIns::one_more`]: a window that is not open any more begins anew.
pub(super) fn add_sql(backend: DbBackend) -> String {
    let open = "excluded.since < work_sign_in_failures.until AND work_sign_in_failures.since < excluded.until";
    let kept = |column: &str| {
        format!("{column} = CASE WHEN {open} THEN work_sign_in_failures.{column} ELSE excluded.{column} END")
    };
    format!(
        "INSERT INTO work_sign_in_failures (key, count, since, until) SELECT {}, {}, {}, {} FROM {} WHERE true \
         ON CONFLICT (key) DO UPDATE SET count = excluded.count + CASE WHEN {open} \
         THEN work_sign_in_failures.count ELSE 0 END, {}, {}",
        cell(backend, 0, Kind::Bytes),
        cell(backend, 1, Kind::Int),
        cell(backend, 2, Kind::Int),
        cell(backend, 3, Kind::Int),
        source(backend),
        kept("since"),
        kept("until")
    )
}
