//! Messages of the outbox, a page at a time.

use std::convert::Infallible;
use std::sync::Arc;

use crate::policy::{Action, Caller, Resource, allows};
use crate::port::{Outbox, OutboxRecord, OutboxState};
use crate::usecase::UseCaseError;

/// Which messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxQuery {
    /// Only those in this state.
    pub state: Option<OutboxState>,
    /// Only those queued before the one at this place.
    pub before: Option<u64>,
    /// At most this many.
    pub limit: u32,
}

/// A page of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxPage {
    /// The newest first.
    pub messages: Vec<OutboxRecord>,
    /// What to go on before; none when these are the oldest.
    pub next: Option<u64>,
}

/// Lists messages of the outbox.
pub struct ListOutbox {
    outbox: Arc<dyn Outbox>,
}

impl ListOutbox {
    /// Wires the use case.
    pub fn new(outbox: Arc<dyn Outbox>) -> Self {
        Self { outbox }
    }

    /// Reads a page. One message more than asked for is looked for, so that `next` never leads to an empty page.
    pub async fn execute(&self, caller: &Caller, query: OutboxQuery) -> Result<OutboxPage, UseCaseError<Infallible>> {
        allows(caller, Action::ManageOutbox, Resource::Service)?;
        let mut messages = self.outbox.list(query.state, query.before, query.limit.saturating_add(1)).await?;
        let more = messages.len() > query.limit as usize;
        messages.truncate(query.limit as usize);
        Ok(OutboxPage { next: messages.last().filter(|_| more).map(|last| last.place), messages })
    }
}
