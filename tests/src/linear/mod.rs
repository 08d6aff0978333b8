//! Linearizability of one stream, a person's list of locks or a lock's organisation: whether one order of commands, that of the versions, explains every
//! answer anybody was given, each at an instant between its request and its answer. What ties two streams together, that
//! keys reach locks of their own organisation only, goes by the positions of all events.
//!
//! Pure: events as they are on record and calls as the clients saw them go in, [`Fault`]s come out. It has its own idea
//! of the rules and shares no code with the service.

mod bounds;
mod call;
mod explain;
mod fault;
mod list;
mod owner;
mod record;

pub use self::call::{Asked, Call, Entry, Moment, Refusal, Shown, Told};
pub use self::fault::{Fault, Rule};
pub use self::list::{Grant, Millis};
pub use self::owner::{Reached, check_owner};
pub use self::record::{Event, Happened};

use self::bounds::Bounds;
use self::call::Orders;
use self::list::States;

/// How far the clocks of servers and clients may lie apart: one machine's, cut to milliseconds and slewed a little.
const SLACK: Millis = 20;

/// Checks what happened to one person or lock. The first `set_up` events were there before the calls and are taken as given.
pub fn check(events: &[Event], set_up: u64, calls: &[Call]) -> Vec<Fault> {
    if let Some(fault) = record::gap(events) {
        // Everything else goes by versions.
        return vec![fault];
    }
    let orders = Orders::of(calls);
    let (states, mut faults) = States::after(events);
    faults.extend(record::unasked(events, set_up, &orders));
    let bounds = Bounds::of(events, set_up, calls, &orders, &states);
    for call in calls {
        let span = orders.span(call);
        faults.extend(explain::call(call, span, &bounds.met(span), &states, events));
    }
    faults.extend(orders.unequal());
    faults
}
