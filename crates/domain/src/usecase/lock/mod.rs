//! Locks.

mod create;

pub use create::{CreateLock, LockOrder};
