//! What waits to leave, what left, and what could not.

mod list;
mod retry;

pub use list::{ListOutbox, OutboxPage, OutboxQuery};
pub use retry::{OutboxRefusal, RetryMessage};
