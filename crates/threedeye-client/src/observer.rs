//! For those who measure: what became of each call, and of the circuit.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::circuit::Circuit;
use crate::error::{Cause, Error};
use crate::operation::Operation;

/// Is told of every call and of every change of the circuit; given with [`Config::observer`](crate::Config::observer).
///
/// It is called on the caller's task between two steps, so it must be quick and must not wait: add to a counter, or hand
/// over to a queue. Both functions do nothing unless they are written.
pub trait Observer: Send + Sync {
    /// A call ended, well or badly, or was refused before it was sent. A call whose future was dropped is not told.
    fn call_ended(&self, call: &Call<'_>) {
        let _ = call;
    }

    /// The circuit changed its state. Of two changes at nearly the same time either may be told first.
    fn circuit_changed(&self, circuit: &Circuit) {
        let _ = circuit;
    }
}

/// So that a configuration can be shown.
impl fmt::Debug for dyn Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// A call that has ended.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Call<'a> {
    /// What was asked for.
    pub operation: Operation,
    /// How it ended. That something is not there is no error where the operation says so without one.
    pub outcome: Result<(), &'a Error>,
    /// For a place among [`Config::concurrency`](crate::Config::concurrency).
    pub waited: Duration,
    /// From then on, with a sign-in or a repetition on the way. A sign-in is also told as a call of its own.
    pub took: Duration,
}

impl Call<'_> {
    /// The outcome for labels: `ok` or [`Error::name`].
    pub fn outcome_name(&self) -> &'static str {
        self.outcome.map_or_else(Error::name, |()| "ok")
    }

    /// Whether anything was sent: no, if the circuit was open or no place became free in time.
    pub const fn was_sent(&self) -> bool {
        !matches!(self.outcome, Err(Error::CircuitOpen { .. } | Error::Unavailable { cause: Cause::Crowded, .. }))
    }
}

/// How many calls a client has at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Load {
    /// Let through and not ended.
    pub in_flight: usize,
    /// Waiting for one of those to end.
    pub waiting: usize,
}

/// The observer, if there is one.
#[derive(Clone)]
pub(crate) struct Witness(pub(crate) Option<Arc<dyn Observer>>);

impl Witness {
    pub(crate) fn tell(&self, operation: Operation, outcome: Result<(), &Error>, waited: Duration, took: Duration) {
        if let Some(observer) = &self.0 {
            observer.call_ended(&Call { operation, outcome, waited, took });
        }
    }

    pub(crate) fn tell_circuit(&self, circuit: &Circuit) {
        if let Some(observer) = &self.0 {
            observer.circuit_changed(circuit);
        }
    }
}
