//! Waiting.

use std::time::Duration;

use async_trait::async_trait;

/// Lets time pass; apart from the clock, so that a test can do either without the other.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Timer: Send + Sync {
    /// Returns after about this long.
    async fn sleep(&self, duration: Duration);
}
