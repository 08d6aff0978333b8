//! Changes of the circuit go to the log; everything goes on to whoever counts.

use std::sync::Arc;

use threedeye_client::{Call, Circuit, CircuitState, Observer};

/// A call of 3dEye that has ended.
pub use threedeye_client::Call as ThreeDEyeCall;
/// Told of every call of 3dEye.
pub use threedeye_client::Observer as ThreeDEyeObserver;

pub(super) struct Logged(pub(super) Option<Arc<dyn Observer>>);

impl Observer for Logged {
    fn call_ended(&self, call: &Call<'_>) {
        if let Some(next) = &self.0 {
            next.call_ended(call);
        }
    }

    fn circuit_changed(&self, circuit: &Circuit) {
        let Circuit { state, failures, retry_after, .. } = circuit;
        match state {
            CircuitState::Open => {
                let seconds = retry_after.map(|wait| wait.as_secs());
                tracing::warn!(failures, seconds, "3dEye is left alone for a while");
            }
            CircuitState::HalfOpen => tracing::info!("one call tries whether 3dEye is back"),
            CircuitState::Closed => tracing::info!("3dEye is back"),
        }
        if let Some(next) = &self.0 {
            next.circuit_changed(circuit);
        }
    }
}
