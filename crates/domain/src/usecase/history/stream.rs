//! The events of one aggregate.

use std::convert::Infallible;
use std::sync::Arc;

use crate::event::{Envelope, StreamId, Version};
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::{EventStore, Unavailable, VersionRange};
use crate::usecase::UseCaseError;

/// Events read from the store at a time.
const CHUNK: u32 = 500;

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
    /// The events in version order.
    pub events: Vec<Envelope>,
    /// Where the next page begins; none after the last.
    pub next: Option<Version>,
}

/// Reads the events of one aggregate. Unknown aggregate: `NotFound`.
pub struct ReadStream {
    events: Arc<dyn EventStore>,
}

impl ReadStream {
    /// Wires the use case.
    pub fn new(events: Arc<dyn EventStore>) -> Self {
        Self { events }
    }

    /// Reads a page. One event more than asked for is looked for, so that `next` is never a page without events.
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
        loop {
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
    }
}
