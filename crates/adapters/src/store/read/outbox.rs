//! Messages that wait to leave.

use async_trait::async_trait;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::port::{Outbox, OutboxEntry, Unavailable};
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

pub(super) const WAITING: &str = "SELECT count(*) AS waiting FROM work_outbox WHERE state = 'waiting'";

#[async_trait]
impl Outbox for SeaStore {
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<OutboxEntry>, Unavailable> {
        let rows = self.database().all(DUE, vec![now.unix_micros().into(), bound(limit.into())]).await?;
        Ok(rows.iter().map(|row| self.entry(row)).collect::<Result<_, _>>()?)
    }

    async fn waiting(&self) -> Result<u64, Unavailable> {
        let row = self.database().one(WAITING, Vec::new()).await?;
        Ok(row.ok_or(Fault::Unreadable("an empty answer"))?.number("waiting")?)
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
