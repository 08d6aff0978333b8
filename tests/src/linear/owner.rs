//! Whether keys reached locks only while those were their organisation's.

use super::bounds::Bounds;
use super::call::{Call, Orders, Span, Told};
use super::fault::{Fault, Rule};
use super::list::States;
use super::record::Event;

/// Something a key of an organisation asked about a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// What was asked, of a person, and the answer.
    pub call: Call,
    /// Where its event stands among all events, if it has one.
    pub position: Option<u64>,
}

/// Checks what keys of an organisation were told about one lock. `events` and `calls` are the lock's own, as for
/// [`check`](super::check), which finds what is wrong with those.
pub fn check_owner(org: &str, events: &[Event], set_up: u64, calls: &[Call], reached: &[Reached]) -> Vec<Fault> {
    let orders = Orders::of(calls);
    let (states, _) = States::after(events);
    let bounds = Bounds::of(events, set_up, calls, &orders, &states);
    let is_own = |version: u64| states.at(version).is_some_and(|state| state.org.as_deref() == Some(org));
    let mut faults = Vec::new();
    for Reached { call, position } in reached {
        let mut fault =
            |text: String| faults.push(Fault::new(Rule::Owned, format!("{} ({:?}): {text}", call.tag, call.asked)));
        // A decision counts only if the lock's version it relied on was still the last when it was written.
        if let Some(position) = position
            && !is_own(events.partition_point(|event| event.position < *position) as u64)
        {
            fault(format!("on record at {position}, where the lock was not of {org}"));
        }
        // Who may ask is looked at for every request, repeated or not.
        let mut met = bounds.met(Span { sent: call.sent, answered: call.answered });
        match call.told {
            Told::Forbidden if met.all(is_own) => fault(format!("forbidden, and the lock was of {org} all the time")),
            Told::Forbidden | Told::Nothing => {}
            _ if met.any(is_own) => {}
            _ => fault(format!("answered, and the lock was never of {org}")),
        }
    }
    faults
}
