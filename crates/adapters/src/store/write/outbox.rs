//! Messages that leave later, and what became of those that waited.

use std::collections::BTreeMap;

use portcullis_domain::commit::{OutboxMessage, PERSON_ERASED};
use portcullis_domain::ids::{OutboxId, UserId};
use sea_orm::DbBackend;
use serde_json::{Value as Json, json};

use super::step::{Step, Turn, cell, hex, source};
use super::tables::Kind;
use crate::seal::{Place, Sealer};
use crate::store::Fault;

/// Where a payload is sealed for.
pub(in crate::store) const fn payload_place(id: &str) -> Place<'_> {
    Place { table: "work_outbox", row: id, purpose: "payload" }
}

/// What becomes of a message.
pub(super) enum Fate {
    Delayed { not_before: i64, error: Option<String> },
    Delivered { at: i64 },
    Buried { at: i64, reason: String },
}

impl Fate {
    /// State, not before, when done, error.
    fn cells(self) -> [Json; 4] {
        match self {
            Self::Delayed { not_before, error } => [json!("waiting"), json!(not_before), Json::Null, json!(error)],
            Self::Delivered { at } => [json!("delivered"), Json::Null, json!(at), Json::Null],
            Self::Buried { at, reason } => [json!("buried"), Json::Null, json!(at), json!(reason)],
        }
    }
}

/// What a batch does to the outbox.
pub(super) struct Outgoing<'a> {
    sealer: &'a Sealer,
    queued: Vec<Vec<Json>>,
    fates: BTreeMap<OutboxId, Fate>,
    /// Messages given up before the batch that wait again, and not before when.
    retried: BTreeMap<OutboxId, i64>,
    /// People whose messages lose what they hold, and when.
    emptied: BTreeMap<UserId, i64>,
}

impl<'a> Outgoing<'a> {
    pub(super) const fn new(sealer: &'a Sealer) -> Self {
        Self { sealer, queued: Vec::new(), fates: BTreeMap::new(), retried: BTreeMap::new(), emptied: BTreeMap::new() }
    }

    pub(super) fn queue(&mut self, message: &OutboxMessage) -> Result<(), Fault> {
        let id = message.id.to_string();
        let payload = self.sealer.seal(payload_place(&id), message.payload.expose().as_bytes())?;
        self.queued.push(vec![
            json!(self.queued.len() + 1),
            json!(id),
            json!(message.key),
            json!(message.template),
            json!(message.user),
            json!(hex(&payload)),
            json!(message.at.unix_micros()),
        ]);
        Ok(())
    }

    /// The last word counts, but what is delivered or buried stays so.
    pub(super) fn decide(&mut self, id: OutboxId, fate: Fate) {
        if matches!(self.fates.get(&id), None | Some(Fate::Delayed { .. })) {
            self.fates.insert(id, fate);
        }
    }

    pub(super) fn retry(&mut self, id: OutboxId, not_before: i64) {
        self.retried.insert(id, not_before);
    }

    /// Messages about somebody lose what they hold; those that wait are given up.
    pub(super) fn empty(&mut self, user: UserId, at: i64) {
        self.emptied.insert(user, at);
    }

    pub(super) fn steps(self, backend: DbBackend) -> Vec<Step> {
        let mut steps = Vec::new();
        let from = source(backend);
        let queued_here = |id: &OutboxId| self.queued.iter().any(|cells| cells[1] == json!(id));
        let turn = if self.fates.keys().any(queued_here) { Turn::Late } else { Turn::First };
        if !self.queued.is_empty() {
            let text = |index| cell(backend, index, Kind::Text);
            let at = cell(backend, 6, Kind::Int);
            // Writers take turns, so the next number is free; messages leave in the order of these numbers.
            let sql = format!(
                "INSERT INTO work_outbox (seq, id, key, template, user_id, payload, at, not_before, state) \
                 SELECT (SELECT coalesce(max(seq), 0) FROM work_outbox) + {}, {}, {}, {}, {}, {}, {at}, {at}, 'waiting' \
                 FROM {from}",
                cell(backend, 0, Kind::Int),
                text(1),
                text(2),
                text(3),
                text(4),
                cell(backend, 5, Kind::Bytes)
            );
            steps.push(Step::over(sql, self.queued));
        }
        if !self.retried.is_empty() {
            let rows = self.retried.into_iter().map(|(id, not_before)| vec![json!(id), json!(not_before)]);
            // Before what becomes of messages: one that waits again may have been taken already.
            steps.push(Step::over(retry_sql(backend), rows.collect()));
        }
        if !self.fates.is_empty() {
            let rows = self.fates.into_iter().map(|(id, fate)| {
                let mut cells = vec![json!(id)];
                cells.extend(fate.cells());
                cells
            });
            steps.push(Step::over(decide_sql(backend), rows.collect()).at(turn));
        }
        if !self.emptied.is_empty() {
            let rows = self.emptied.into_iter().map(|(user, at)| vec![json!(user), json!(at)]);
            steps.push(Step::over(empty_sql(backend), rows.collect()).at(Turn::Last));
        }
        steps
    }
}

pub(super) fn decide_sql(backend: DbBackend) -> String {
    let state = cell(backend, 1, Kind::Text);
    format!(
        "UPDATE work_outbox SET state = {state}, not_before = coalesce({}, not_before), done_at = {}, error = {}, \
         payload = CASE WHEN {state} <> 'delivered' THEN payload END \
         FROM {} WHERE work_outbox.id = {} AND work_outbox.state = 'waiting'",
        cell(backend, 2, Kind::Int),
        cell(backend, 3, Kind::Int),
        cell(backend, 4, Kind::Text),
        source(backend),
        cell(backend, 0, Kind::Text)
    )
}

/// Those that left have nothing any more.
pub(super) fn empty_sql(backend: DbBackend) -> String {
    format!(
        "UPDATE work_outbox SET state = 'buried', payload = NULL, \
         done_at = CASE WHEN state = 'waiting' THEN {} ELSE done_at END, \
         error = CASE WHEN state = 'waiting' THEN '{}' ELSE error END \
         FROM {} WHERE work_outbox.user_id = {} AND work_outbox.payload IS NOT NULL",
        cell(backend, 1, Kind::Int),
        PERSON_ERASED,
        source(backend),
        cell(backend, 0, Kind::Text)
    )
}

/// One that left, or lost its payload, stays as it is.
pub(super) fn retry_sql(backend: DbBackend) -> String {
    format!(
        "UPDATE work_outbox SET state = 'waiting', not_before = {}, done_at = NULL FROM {} \
         WHERE work_outbox.id = {} AND work_outbox.state = 'buried' AND work_outbox.payload IS NOT NULL",
        cell(backend, 1, Kind::Int),
        source(backend),
        cell(backend, 0, Kind::Text)
    )
}
