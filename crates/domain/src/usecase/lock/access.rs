//! Who can open a lock.

use std::convert::Infallible;
use std::sync::Arc;

use crate::clock::{Clock, Timestamp};
use crate::ids::{LockId, UserId};
use crate::policy::{Action, Caller};
use crate::port::{GrantHolder, LockAccess};
use crate::usecase::UseCaseError;

/// Which of the people who can open a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockAccessQuery {
    /// The lock.
    pub lock: LockId,
    /// At which instant, past or to come; none = now.
    pub at: Option<Timestamp>,
    /// Only those whose ids come after this one.
    pub after: Option<UserId>,
    /// At most this many.
    pub limit: u32,
}

/// A page of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockAccessPage {
    /// The instant they were judged by.
    pub at: Timestamp,
    /// In the order of their ids.
    pub holders: Vec<GrantHolder>,
    /// The last of them, if there are others after.
    pub next: Option<UserId>,
}

/// Lists who can open a lock now, could at a past instant, or will at a coming one as things stand. Unregistered lock,
/// or one the caller has nothing to say on: `NotFound`.
pub struct LockHolders {
    locks: Arc<dyn LockAccess>,
    clock: Arc<dyn Clock>,
}

impl LockHolders {
    /// Wires the use case.
    pub fn new(locks: Arc<dyn LockAccess>, clock: Arc<dyn Clock>) -> Self {
        Self { locks, clock }
    }

    /// Reads a page.
    pub async fn execute(
        &self,
        caller: &Caller,
        query: &LockAccessQuery,
    ) -> Result<LockAccessPage, UseCaseError<Infallible>> {
        super::seen(self.locks.as_ref(), caller, Action::ListLockAccess, &query.lock).await?;
        let at = query.at.unwrap_or_else(|| self.clock.now());
        let page = self.locks.holders_at(&query.lock, at, query.after, query.limit).await?;
        let next = page.holders.last().filter(|_| page.more).map(|holder| holder.user);
        Ok(LockAccessPage { at, holders: page.holders, next })
    }
}
