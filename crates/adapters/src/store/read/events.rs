//! The event store: commits go to the committer, the rest is reading.

use async_trait::async_trait;
use portcullis_domain::commit::{Commit, Recalled};
use portcullis_domain::event::{Position, Recorded, StreamId};
use portcullis_domain::port::{CommitError, EventStore, Unavailable, VersionRange};
use portcullis_domain::secret::Secret;

use super::bound;
use crate::store::row::Row;
use crate::store::write::{hex, outcome_place};
use crate::store::{Fault, SeaStore};

pub(super) const RECALL: &str = "SELECT body, outcome FROM work_idempotency WHERE scope = $1 AND expires_at > $2";

pub(super) const LOAD: &str = "SELECT position, aggregate_type, aggregate_id, version, body FROM events \
    WHERE aggregate_type = $1 AND aggregate_id = $2 AND version BETWEEN $3 AND $4 ORDER BY version LIMIT $5";

pub(super) const READ_FROM: &str = "SELECT position, aggregate_type, aggregate_id, version, body FROM events \
    WHERE position > $1 ORDER BY position LIMIT $2";

#[async_trait]
impl EventStore for SeaStore {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.committer().commit(commit).await
    }

    async fn recall(&self, scope: &[u8; 32]) -> Result<Option<Recalled>, Unavailable> {
        let values = vec![scope.to_vec().into(), self.now().unix_micros().into()];
        let Some(row) = self.database().one(RECALL, values).await? else { return Ok(None) };
        let outcome =
            self.sealer().open_text(outcome_place(&hex(scope)), &row.bytes("outcome")?).map_err(Fault::from)?;
        Ok(Some(Recalled { body: row.digest("body")?, outcome: Secret::new(outcome) }))
    }

    async fn load(&self, stream: &StreamId, range: VersionRange, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        let values = vec![
            stream.kind().slug().into(),
            stream.id().into(),
            bound(range.from.number()),
            bound(range.to.number()),
            bound(limit.into()),
        ];
        let rows = self.database().all(LOAD, values).await?;
        Ok(rows.iter().map(Row::recorded).collect::<Result<_, _>>()?)
    }

    async fn read_from(&self, after: Position, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        let rows = self.database().all(READ_FROM, vec![bound(after.number()), bound(limit.into())]).await?;
        Ok(rows.iter().map(Row::recorded).collect::<Result<_, _>>()?)
    }
}
