//! Whether the history is whole, and the same on both sides.

use super::{CopyFault, End};
use crate::store::row::Row;

/// Both numbers count from 1 without a gap.
const STREAMS: &str = "SELECT count(*) AS streams, CAST(coalesce(sum(n), 0) AS BIGINT) AS events, \
    count(CASE WHEN oldest <> 1 OR newest <> n THEN 1 END) AS broken \
    FROM (SELECT count(*) AS n, min(version) AS oldest, max(version) AS newest \
    FROM events GROUP BY aggregate_type, aggregate_id) AS s";
const LAST: &str = "SELECT coalesce(max(position), 0) AS n FROM events";

/// What a history comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct History {
    pub(super) events: u64,
    pub(super) streams: u64,
    /// Streams with gaps.
    broken: u64,
    last_position: u64,
}

impl History {
    /// That of the source, which must have no gap. Nobody writes there until the copy is over.
    pub(super) async fn whole(from: &End<'_>) -> Result<Self, CopyFault> {
        let history = Self::read(from).await?;
        if history.broken > 0 || history.last_position != history.events {
            return Err(CopyFault::Gaps);
        }
        Ok(history)
    }

    /// Compares it in all; the events one by one are compared like the rows of other tables.
    pub(super) async fn must_have_arrived(&self, to: &End<'_>) -> Result<(), CopyFault> {
        if Self::read(to).await? == *self { Ok(()) } else { Err(CopyFault::Differs("events".to_owned())) }
    }

    async fn read(end: &End<'_>) -> Result<Self, CopyFault> {
        let failed = |fault| CopyFault::Rows("events".to_owned(), fault);
        let streams = end.row(STREAMS, Vec::new()).await.map_err(failed)?;
        let last = end.row(LAST, Vec::new()).await.map_err(failed)?;
        let number = |row: &Row, name| row.number(name).map_err(failed);
        Ok(Self {
            events: number(&streams, "events")?,
            streams: number(&streams, "streams")?,
            broken: number(&streams, "broken")?,
            last_position: number(&last, "n")?,
        })
    }
}
