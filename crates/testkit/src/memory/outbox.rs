//! Messages that wait to leave, and those that did.

use std::collections::BTreeSet;

use async_trait::async_trait;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::GuardKey;
use portcullis_domain::ids::OutboxId;
use portcullis_domain::port::{Backlog, Outbox, OutboxEntry, OutboxRecord, OutboxState, Unavailable};

use super::{Delivery, MemoryStore, OutboxRow, State};

impl State {
    /// The outbox as staff sees it, in the order of queueing.
    fn records(&self) -> Vec<OutboxRecord> {
        let record = |(place, row): (u64, &OutboxRow)| {
            let state = match &row.delivery {
                Delivery::Waiting => OutboxState::Waiting,
                Delivery::Delivered => OutboxState::Delivered,
                Delivery::Buried(_) => OutboxState::Buried,
            };
            OutboxRecord {
                place,
                id: row.message.id,
                template: row.message.template.clone(),
                user: row.message.user,
                state,
                attempts: self.guard(GuardKey::Outbox(row.message.id)),
                at: row.message.at,
                not_before: Some(row.not_before.unwrap_or(row.message.at)).filter(|_| state == OutboxState::Waiting),
                done_at: row.done_at,
                reason: row.error.clone(),
                has_payload: row.has_payload(),
            }
        };
        (1..).zip(&self.outbox).map(record).collect()
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<OutboxEntry>, Unavailable> {
        let state = self.reading()?;
        let mut keys = BTreeSet::new();
        let heads = state.outbox.iter().filter(|row| row.delivery == Delivery::Waiting);
        let heads = heads.filter(|row| keys.insert(row.message.key.as_str()));
        let due = heads.filter(|row| row.not_before.is_none_or(|not_before| not_before <= now));
        let entry = |row: &OutboxRow| OutboxEntry {
            id: row.message.id,
            key: row.message.key.clone(),
            template: row.message.template.clone(),
            user: row.message.user,
            payload: Some(row.message.payload.clone()),
            at: row.message.at,
            attempts: state.guard(GuardKey::Outbox(row.message.id)),
        };
        Ok(due.take(limit as usize).map(entry).collect())
    }

    async fn backlog(&self) -> Result<Backlog, Unavailable> {
        let state = self.reading()?;
        let waiting = || state.outbox.iter().filter(|row| row.delivery == Delivery::Waiting);
        let buried = state.outbox.iter().filter(|row| matches!(row.delivery, Delivery::Buried(_)));
        Ok(Backlog {
            waiting: (waiting().count() as u64).min(Backlog::MOST),
            buried: (buried.count() as u64).min(Backlog::MOST),
            oldest_waiting: waiting().next().map(|row| row.message.at),
        })
    }

    async fn list(
        &self,
        state: Option<OutboxState>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<OutboxRecord>, Unavailable> {
        let rows = self.reading()?.records();
        let wanted = |record: &OutboxRecord| {
            state.is_none_or(|state| record.state == state) && before.is_none_or(|before| record.place < before)
        };
        Ok(rows.into_iter().rev().filter(wanted).take(limit as usize).collect())
    }

    async fn record(&self, id: OutboxId) -> Result<Option<OutboxRecord>, Unavailable> {
        Ok(self.reading()?.records().into_iter().find(|record| record.id == id))
    }
}
