//! Locks.

mod create;
mod owned;

pub use create::{CreateLock, LockOrder};
pub use owned::OwnedLocks;
