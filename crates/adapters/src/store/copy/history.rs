//! Whether the history is whole, and the same on both sides.

use super::{CopyFault, End};
use crate::store::Fault;

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

async fn read(end: &End<'_>) -> Result<History, Fault> {
    let streams = end.row(STREAMS, Vec::new()).await?;
    Ok(History {
        events: streams.number("events")?,
        streams: streams.number("streams")?,
        broken: streams.number("broken")?,
        last_position: end.row(LAST, Vec::new()).await?.number("n")?,
    })
}

/// Compares both histories in all; the events one by one are compared like the rows of other tables.
pub(super) async fn compare(from: &End<'_>, to: &End<'_>) -> Result<History, CopyFault> {
    let failed = |fault| CopyFault::Rows("events".to_owned(), fault);
    let (there, here) = (read(from).await.map_err(failed)?, read(to).await.map_err(failed)?);
    if there != here {
        return Err(CopyFault::Differs("events".to_owned()));
    }
    if here.broken > 0 || here.last_position != here.events {
        return Err(CopyFault::Gaps);
    }
    Ok(here)
}
