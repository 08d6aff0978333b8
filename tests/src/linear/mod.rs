//! Linearizability of one person's list of locks: whether one order of commands, that of the versions, explains every
//! answer anybody was given, each at an instant between its request and its answer.
//!
//! Pure: events as they are on record and calls as the clients saw them go in, [`Fault`]s come out. It has its own idea
//! of the rules and shares no code with the service.

mod bounds;
mod call;
mod explain;
mod fault;
mod list;
mod record;

pub use self::call::{Asked, Call, Entry, Moment, Refusal, Told};
pub use self::fault::{Fault, Rule};
pub use self::list::{Grant, Millis};
pub use self::record::{Event, Happened};

use self::bounds::Bounds;
use self::call::Orders;
use self::list::Lists;

/// How far the clocks of servers and clients may lie apart: one machine's, cut to milliseconds and slewed a little.
const SLACK: Millis = 20;

/// Checks what happened to one person. The first `set_up` events were there before the calls and are taken as given.
pub fn check(events: &[Event], set_up: u64, calls: &[Call]) -> Vec<Fault> {
    if let Some(fault) = record::gap(events) {
        // Everything else goes by versions.
        return vec![fault];
    }
    let orders = Orders::of(calls);
    let (lists, mut faults) = Lists::after(events);
    faults.extend(record::unasked(events, set_up, &orders));
    let bounds = Bounds::of(events, set_up, calls, &orders, &lists);
    for call in calls {
        let span = orders.span(call);
        faults.extend(explain::call(call, span, &bounds.met(span), &lists, events));
    }
    faults.extend(orders.unequal());
    faults
}
