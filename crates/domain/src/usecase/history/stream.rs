//! The events of one aggregate.

use std::convert::Infallible;
use std::sync::Arc;

use crate::event::{Envelope, StreamId, Version};
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::{EventStore, Unavailable, VersionRange};
use crate::usecase::UseCaseError;

/// Events read from the store at a time.
const CHUNK: u32 = 500;
/// How often that is done for one page.
const CHUNKS: u32 = 10;

/// Which events of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryQuery {
    /// The stream.
    pub stream: StreamId,
    /// The versions wanted.
    pub range: VersionRange,
    /// Only events of this name.
    pub name: Option<String>,
    /// At most this many.
    pub limit: u32,
}

/// A page of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// The events in version order. May be fewer than asked for, or none, while there are more: see `next`.
    pub events: Vec<Envelope>,
    /// Where the next page begins; none after the last. A page of it may turn out to have no events.
    pub next: Option<Version>,
}

/// Reads the events of one aggregate. Unknown aggregate: `NotFound`.
pub struct ReadStream {
    events: Arc<dyn EventStore>,
}

impl ReadStream {
    /// Events looked at for one page, at most.
    pub const MOST: u32 = CHUNK * CHUNKS;

    /// Wires the use case.
    pub fn new(events: Arc<dyn EventStore>) -> Self {
        Self { events }
    }

    /// Reads a page. Events of one name may be rare in a long stream, so after [`ReadStream::MOST`] events looked at the
    /// page ends with what was found, and `next` goes on from there. Else one event more than asked for is looked for,
    /// so that `next` leads to an event.
    pub async fn execute(
        &self,
        caller: &Caller,
        query: &HistoryQuery,
    ) -> Result<HistoryPage, UseCaseError<Infallible>> {
        allows(caller, Action::ReadHistory, Resource::Service)?;
        let first = VersionRange { from: Version::new(1), to: Version::new(1) };
        if self.events.load(&query.stream, first, 1).await?.is_empty() {
            return Err(UseCaseError::NotFound { stream: query.stream.clone(), replayed: None });
        }
        let wanted = query.limit as usize;
        let mut page = HistoryPage { events: Vec::new(), next: None };
        let mut from = query.range.from;
        for _ in 0..CHUNKS {
            let chunk = self.events.load(&query.stream, VersionRange { from, to: query.range.to }, CHUNK).await?;
            let Some(last) = chunk.last().map(|recorded| recorded.version) else { return Ok(page) };
            for recorded in &chunk {
                let envelope = recorded.envelope().map_err(Unavailable::new)?;
                if query.name.as_ref().is_some_and(|name| *name != envelope.name) {
                    continue;
                }
                if page.events.len() == wanted {
                    page.next = Some(envelope.version);
                    return Ok(page);
                }
                page.events.push(envelope);
            }
            from = last.after(1);
        }
        page.next = Some(from);
        Ok(page)
    }
}
