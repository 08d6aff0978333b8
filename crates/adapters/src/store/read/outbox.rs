//! Messages that wait to leave.

use async_trait::async_trait;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::OutboxId;
use portcullis_domain::port::{Backlog, Outbox, OutboxEntry, OutboxRecord, OutboxState, Unavailable};
use portcullis_domain::secret::Secret;

use super::bound;
use crate::store::row::Row;
use crate::store::write::payload_place;
use crate::store::{Fault, SeaStore};

/// Walks the index of those that wait, oldest first; whether an older one of the same key waits is one look into the
/// other index.
pub(super) const DUE: &str = "SELECT o.id, o.key, o.template, o.user_id, o.payload, o.at, \
    (SELECT g.value FROM work_guards g WHERE g.key = 'outbox/' || o.id) AS attempts FROM work_outbox o \
    WHERE o.state = 'waiting' AND o.not_before <= $1 AND NOT EXISTS (SELECT 1 FROM work_outbox p \
    WHERE p.state = 'waiting' AND p.key = o.key AND p.seq < o.seq) ORDER BY o.seq LIMIT $2";

/// Counts no further than the bound. The first by place is the first queued.
pub(super) const BACKLOG: &str = "SELECT \
    (SELECT count(*) FROM (SELECT 1 AS one FROM work_outbox WHERE state = 'waiting' LIMIT $1) x) AS waiting, \
    (SELECT count(*) FROM (SELECT 1 AS one FROM work_outbox WHERE state = 'buried' LIMIT $1) x) AS buried, \
    (SELECT at FROM work_outbox WHERE state = 'waiting' ORDER BY seq LIMIT 1) AS oldest";

macro_rules! records {
    ($rest:literal) => {
        concat!(
            "SELECT o.seq, o.id, o.template, o.user_id, o.state, o.at, o.not_before, o.done_at, o.error, \
             o.payload IS NOT NULL AS has_payload, \
             (SELECT g.value FROM work_guards g WHERE g.key = 'outbox/' || o.id) AS attempts FROM work_outbox o ",
            $rest
        )
    };
}

pub(super) const RECORD: &str = records!("WHERE o.id = $1");

/// The newest first, from a place on: by the table's own order, or by the index of the state.
pub(super) const LIST: &str = records!("WHERE o.seq < $1 ORDER BY o.seq DESC LIMIT $2");
pub(super) const LIST_WAITING: &str = records!("WHERE o.state = 'waiting' AND o.seq < $1 ORDER BY o.seq DESC LIMIT $2");
pub(super) const LIST_BURIED: &str = records!("WHERE o.state = 'buried' AND o.seq < $1 ORDER BY o.seq DESC LIMIT $2");
pub(super) const LIST_DELIVERED: &str =
    records!("WHERE o.state = 'delivered' AND o.seq < $1 ORDER BY o.seq DESC LIMIT $2");

fn record(row: &Row) -> Result<OutboxRecord, Fault> {
    let state = row.parsed("state", |text| OutboxState::parse(&text).ok_or(()))?;
    Ok(OutboxRecord {
        place: row.number("seq")?,
        id: row.outbox_id("id")?,
        template: row.text("template")?,
        user: row.maybe_user("user_id")?,
        state,
        attempts: row.number("attempts")?,
        at: row.time("at")?,
        not_before: row.maybe_time("not_before")?.filter(|_| state == OutboxState::Waiting),
        done_at: row.maybe_time("done_at")?,
        reason: row.maybe_text("error")?,
        has_payload: row.flag("has_payload")?,
    })
}

#[async_trait]
impl Outbox for SeaStore {
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<OutboxEntry>, Unavailable> {
        let rows = self.database().all(DUE, vec![now.unix_micros().into(), bound(limit.into())]).await?;
        Ok(rows.iter().map(|row| self.entry(row)).collect::<Result<_, _>>()?)
    }

    async fn backlog(&self) -> Result<Backlog, Unavailable> {
        let row = self.database().one(BACKLOG, vec![bound(Backlog::MOST)]).await?;
        let row = row.ok_or(Fault::Unreadable("an empty answer"))?;
        Ok(Backlog {
            waiting: row.number("waiting")?,
            buried: row.number("buried")?,
            oldest_waiting: row.maybe_time("oldest")?,
        })
    }

    async fn list(
        &self,
        state: Option<OutboxState>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<OutboxRecord>, Unavailable> {
        let sql = match state {
            None => LIST,
            Some(OutboxState::Waiting) => LIST_WAITING,
            Some(OutboxState::Buried) => LIST_BURIED,
            Some(OutboxState::Delivered) => LIST_DELIVERED,
        };
        let values = vec![bound(before.unwrap_or(u64::MAX)), bound(limit.into())];
        let rows = self.database().all(sql, values).await?;
        Ok(rows.iter().map(record).collect::<Result<_, _>>()?)
    }

    async fn record(&self, id: OutboxId) -> Result<Option<OutboxRecord>, Unavailable> {
        let row = self.database().one(RECORD, vec![id.to_string().into()]).await?;
        Ok(row.as_ref().map(record).transpose()?)
    }
}

impl SeaStore {
    fn entry(&self, row: &Row) -> Result<OutboxEntry, Fault> {
        let id = row.outbox_id("id")?;
        let payload = self.sealer().open_text(payload_place(&id.to_string()), &row.bytes("payload")?);
        Ok(OutboxEntry {
            id,
            key: row.text("key")?,
            template: row.text("template")?,
            user: row.maybe_user("user_id")?,
            payload: payload.ok().map(Secret::new),
            at: row.time("at")?,
            attempts: row.number("attempts")?,
        })
    }
}
