//! Reading a lock.

use std::convert::Infallible;
use std::sync::Arc;

use crate::access::GrantState;
use crate::clock::Clock;
use crate::ids::LockId;
use crate::lock::{Lock, LockDetails};
use crate::policy::{Action, Caller, LockOwnership, Resource, allows};
use crate::port::{LockAccess, Unavailable};
use crate::usecase::UseCaseError;
use crate::user::UserStatus;

/// Reads all that is known of a lock. Unregistered lock, or one the caller has nothing to do with: `NotFound`.
pub struct ReadLock {
    locks: Arc<dyn LockAccess>,
    clock: Arc<dyn Clock>,
}

impl ReadLock {
    /// Wires the use case.
    pub fn new(locks: Arc<dyn LockAccess>, clock: Arc<dyn Clock>) -> Self {
        Self { locks, clock }
    }

    /// Reads it.
    pub async fn execute(&self, caller: &Caller, id: &LockId) -> Result<LockDetails, UseCaseError<Infallible>> {
        let details = self.locks.details(id).await?.ok_or_else(|| super::unknown(id))?;
        let may = |accessible| {
            let ownership = Some(LockOwnership::of(&details.lock));
            allows(caller, Action::ReadLock, Resource::Lock { ownership, accessible }).is_ok()
        };
        if may(false) || may(self.is_accessible(caller, &details.lock).await?) {
            Ok(details)
        } else {
            Err(super::unknown(id))
        }
    }

    /// Has the calling person access to the lock now?
    async fn is_accessible(&self, caller: &Caller, lock: &Lock) -> Result<bool, Unavailable> {
        let Some(user) = &caller.user else { return Ok(false) };
        let situation = self.locks.situation(user.id, &lock.id).await?;
        let now = self.clock.now();
        Ok(situation.person.is_some_and(|person| person.status == UserStatus::Active)
            && situation.grant.is_some_and(|grant| grant.state(now) == GrantState::Active))
    }
}
