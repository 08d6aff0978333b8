//! Granting, taking away and listing access.

mod add;
mod expire;
mod list;
mod remove;

pub use add::AddAccessibleLock;
pub use expire::SweepExpired;
pub use list::{AccessibleLocks, ListedGrant, ListedGrants};
pub use remove::RemoveAccessibleLock;

use crate::event::Actor;
use crate::event::StreamId;
use crate::ids::UserId;
use crate::policy::{Action, Caller, Denied, LockOwnership, Resource, allows};
use crate::port::AccessSituation;

/// May the caller do this to that lock on that person's list?
fn authorise(caller: &Caller, action: Action, person: UserId, situation: &AccessSituation) -> Result<Actor, Denied> {
    let lock = situation.lock.as_ref().map(LockOwnership::of);
    allows(caller, action, Resource::Grant { person, lock })
}

/// The lock's version, when the decision relied on who owns the lock: that must not have changed by the time it counts.
fn relied_on(situation: &AccessSituation) -> Vec<(StreamId, crate::event::Version)> {
    situation.lock.iter().map(|lock| (StreamId::from(&lock.id), lock.version)).collect()
}
