//! Locks.

mod access;
mod create;
mod details;
mod events;
mod owned;
mod set_organization;
mod set_owner;

pub use access::{LockAccessPage, LockAccessQuery, LockHolders};
pub use create::{CreateLock, LockOrder};
pub use details::ReadLock;
pub use events::{LockEvents, ReadLockEvents};
pub use owned::OwnedLocks;
pub use set_organization::SetLockOrganization;
pub use set_owner::SetLockOwner;

use std::convert::Infallible;

use crate::event::{Actor, StreamId};
use crate::ids::LockId;
use crate::lock::Lock;
use crate::policy::{Action, Caller, Denied, LockOwnership, Resource, allows};
use crate::port::LockAccess;
use crate::usecase::UseCaseError;

/// May the caller do this to a lock?
fn authorise(caller: &Caller, action: Action, lock: Option<&Lock>) -> Result<Actor, Denied> {
    allows(caller, action, Resource::Lock { ownership: lock.map(LockOwnership::of), accessible: false })
}

/// What somebody is told who may not know whether there is such a lock, and what everybody is told when there is none.
fn unknown(id: &LockId) -> UseCaseError<Infallible> {
    UseCaseError::NotFound { stream: StreamId::from(id), replayed: None }
}

/// A lock, as far as the caller may know of it.
async fn seen(
    locks: &dyn LockAccess,
    caller: &Caller,
    action: Action,
    id: &LockId,
) -> Result<Lock, UseCaseError<Infallible>> {
    let lock = locks.lock(id).await?.ok_or_else(|| unknown(id))?;
    authorise(caller, action, Some(&lock)).map_err(|Denied| unknown(id))?;
    Ok(lock)
}
