//! Whether calls are sent at all.
//!
//! This module stands for itself, without the rest of the crate, so that the tests can be compiled with it: the breaker is
//! no part of the public API.

mod breaker;

use std::time::{Duration, Instant};

pub(crate) use self::breaker::{Breaker, Permit, Policy, Verdict};

/// How the circuit stands; from [`Client::circuit`](crate::Client::circuit).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Circuit {
    /// Whether calls are sent.
    pub state: CircuitState,
    /// Since when it is so.
    pub since: Instant,
    /// Technical failures since the last call that was answered.
    pub failures: u32,
    /// How long calls are refused yet; only while the circuit is open.
    pub retry_after: Option<Duration>,
}

/// Whether calls are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CircuitState {
    /// They are.
    Closed,
    /// They are refused with [`Error::CircuitOpen`](crate::Error::CircuitOpen).
    Open,
    /// The pause is over: one call is let through, and others are refused until it is known how it went.
    HalfOpen,
}

impl CircuitState {
    /// A name for labels: `closed`, `open` or `half-open`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        }
    }
}
