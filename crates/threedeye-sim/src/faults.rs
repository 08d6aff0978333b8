//! The faults in force, and whose turn it is.

use std::num::NonZeroU32;

use crate::fault::Fault;
use crate::operation::Operation;

/// Oldest first, each with a number of its own.
#[derive(Default)]
pub(crate) struct Faults {
    last: u64,
    faults: Vec<(u64, Fault)>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.last += 1;
        self.faults.push((self.last, fault));
    }

    pub(crate) fn remove(&mut self, number: u64) {
        self.faults.retain(|(other, _)| *other != number);
    }

    pub(crate) fn clear(&mut self) {
        self.faults.clear();
    }

    pub(crate) fn numbered(&self) -> &[(u64, Fault)] {
        &self.faults
    }

    /// The fault that befalls this call, if any: the oldest one, which is used up by one. Those that let the call go by
    /// have seen it.
    pub(crate) fn take(&mut self, operation: Operation, about: &[String]) -> Option<Fault> {
        let index = self.faults.iter_mut().position(|(_, fault)| {
            if !fault.could_befall(operation, about) {
                return false;
            }
            let strikes = fault.skip == 0;
            fault.skip = fault.skip.saturating_sub(1);
            strikes
        })?;
        let (_, fault) = &mut self.faults[index];
        let taken = fault.clone();
        match fault.times.map(|times| NonZeroU32::new(times.get() - 1)) {
            None => {}
            Some(None) => drop(self.faults.remove(index)),
            Some(left) => fault.times = left,
        }
        Some(taken)
    }
}
