//! What happened to a lock.

use std::convert::Infallible;
use std::sync::Arc;

use crate::event::{Envelope, Recorded, StreamId, Version};
use crate::ids::LockId;
use crate::policy::{Action, Caller};
use crate::port::{EventStore, LockAccess, Unavailable, VersionRange};
use crate::usecase::UseCaseError;

/// A page of a lock's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockEvents {
    /// Version of the lock's stream, which is also how many events it has.
    pub version: Version,
    /// Which page this is, from 1.
    pub page: u64,
    /// How many pages there are.
    pub pages: u64,
    /// The events in version order; none on a page after the last.
    pub events: Vec<Envelope>,
}

/// Reads what happened to a lock, a page at a time. Unregistered lock, or one the caller has nothing to say on:
/// `NotFound`.
pub struct ReadLockEvents {
    locks: Arc<dyn LockAccess>,
    events: Arc<dyn EventStore>,
}

impl ReadLockEvents {
    /// Events on a page.
    pub const PAGE: u32 = 10;

    /// Wires the use case.
    pub fn new(locks: Arc<dyn LockAccess>, events: Arc<dyn EventStore>) -> Self {
        Self { locks, events }
    }

    /// Reads a page, counted from 1; without a number the last one. A page after the last has no events.
    pub async fn execute(
        &self,
        caller: &Caller,
        id: &LockId,
        page: Option<u64>,
    ) -> Result<LockEvents, UseCaseError<Infallible>> {
        let lock = super::seen(self.locks.as_ref(), caller, Action::ReadLockEvents, id).await?;
        let size = u64::from(Self::PAGE);
        // Versions have no gap, so a page is a range of them, and the count is the last of them.
        let total = lock.version.number();
        let pages = total.div_ceil(size);
        let page = page.unwrap_or(pages);
        let before = page.saturating_sub(1).saturating_mul(size);
        let mut events = Vec::new();
        if before < total {
            // Not beyond the count told, should an event have come since.
            let range = VersionRange { from: Version::new(before + 1), to: Version::new(total.min(before + size)) };
            let recorded = self.events.load(&StreamId::from(id), range, Self::PAGE).await?;
            let envelopes: Result<_, _> = recorded.iter().map(Recorded::envelope).collect();
            events = envelopes.map_err(Unavailable::new)?;
        }
        Ok(LockEvents { version: lock.version, page, pages, events })
    }
}
