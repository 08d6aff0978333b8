//! Time that passes when a test says so.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_domain::clock::{Clock, Timestamp};
use portcullis_domain::port::Timer;

use super::locked;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// 2026-11-21T10:15:00.000Z, where a new clock stands.
    pub const START: Timestamp = Timestamp::from_unix_millis(1_795_256_100_000);

    /// A clock that stands at an instant.
    pub const fn at(instant: Timestamp) -> Self {
        Self(AtomicI64::new(instant.unix_millis()))
    }

    /// Sets it, forwards or backwards.
    pub fn set(&self, instant: Timestamp) {
        self.0.store(instant.unix_millis(), Ordering::SeqCst);
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }

    /// Steps back, as a clock does that is set by the network.
    pub fn step_back(&self, by: Duration) {
        self.set(self.now().minus(by));
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::at(Self::START)
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A timer that waits no time and moves the clock instead.
#[derive(Debug)]
pub struct InstantTimer {
    clock: Arc<TestClock>,
    slept: Mutex<Vec<Duration>>,
}

impl InstantTimer {
    /// A timer that moves this clock.
    pub const fn new(clock: Arc<TestClock>) -> Self {
        Self { clock, slept: Mutex::new(Vec::new()) }
    }

    /// What was waited, in order.
    pub fn slept(&self) -> Vec<Duration> {
        locked(&self.slept).clone()
    }
}

#[async_trait]
impl Timer for InstantTimer {
    async fn sleep(&self, duration: Duration) {
        locked(&self.slept).push(duration);
        self.clock.advance(duration);
        // A loop that waits must not starve the task it waits for.
        tokio::task::yield_now().await;
    }
}
