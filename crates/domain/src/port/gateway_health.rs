//! How the way to 3dEye is.

use std::time::Duration;

/// How the way to 3dEye is, as far as is known without calling. For those who run the service; no rule depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatewayHealth {
    /// Is there access to 3dEye at all?
    pub configured: bool,
    /// Whether calls are sent.
    pub circuit: CircuitState,
    /// Technical failures since the last call that was answered.
    pub failures: u32,
    /// How long calls are refused yet; only while the circuit is open.
    pub retry_after: Option<Duration>,
    /// Calls under way.
    pub in_flight: usize,
    /// Calls that wait for one of those to end.
    pub waiting: usize,
}

/// Whether calls are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitState {
    /// They are.
    Closed,
    /// Too many failed, or 3dEye asked for a pause: they are refused.
    Open,
    /// The pause is over, and one call tries.
    HalfOpen,
}

impl GatewayHealth {
    /// A gateway that is there and quiet.
    pub const QUIET: Self = Self {
        configured: true,
        circuit: CircuitState::Closed,
        failures: 0,
        retry_after: None,
        in_flight: 0,
        waiting: 0,
    };
}

impl CircuitState {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Closed, Self::Open, Self::HalfOpen];

    /// The state as people and programs are told of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        }
    }
}
