//! Between which versions a call must have met the person.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::SLACK;
use super::call::{Call, Moment, Orders, Told};
use super::record::Event;

pub(super) struct Bounds {
    of_calls: Vec<RangeInclusive<u64>>,
}

impl Bounds {
    /// From the newest version anybody knew of before the request, to the newest that can have been written before the
    /// answer: an event is on record before it is acknowledged, but not before it is asked for.
    pub(super) fn of(events: &[Event], set_up: u64, calls: &[Call], orders: &Orders<'_>) -> Self {
        let known = known(events, set_up, calls);
        let possible = possible(events, set_up, orders);
        let of_calls = calls.iter().map(|call| {
            let before = known.partition_point(|(answered, _)| *answered < call.sent);
            let lowest = before.checked_sub(1).and_then(|last| known.get(last)).map_or(set_up, |(_, version)| *version);
            let after = possible.partition_point(|earliest| *earliest <= call.answered);
            lowest..=set_up + after as u64
        });
        Self { of_calls: of_calls.collect() }
    }

    pub(super) fn of_call(&self, number: usize) -> RangeInclusive<u64> {
        self.of_calls.get(number).cloned().unwrap_or(0..=0)
    }
}

/// When somebody first knew of which version: both rise.
fn known(events: &[Event], set_up: u64, calls: &[Call]) -> Vec<(Moment, u64)> {
    let at: BTreeMap<_, _> = events.iter().filter_map(|event| Some((event.tag()?, event.version))).collect();
    let mut known: Vec<_> = calls
        .iter()
        .filter_map(|call| {
            let version = match &call.told {
                Told::Done { version, .. } => version.or_else(|| at.get(call.tag.as_str()).copied()),
                Told::Listed { version, .. } => Some(*version),
                _ => None,
            };
            Some((call.answered, version?))
        })
        .collect();
    known.sort_unstable();
    let mut highest = set_up;
    for (_, version) in &mut known {
        highest = highest.max(*version);
        *version = highest;
    }
    known
}

/// The earliest moment of each version after the set-up; none is before the one of the version below it.
fn possible(events: &[Event], set_up: u64, orders: &Orders<'_>) -> Vec<Moment> {
    let asked_at = |event: &Event| {
        let calls = orders.calls(event.tag()?);
        calls.iter().map(|call| call.sent).min()
    };
    let mut latest = Moment(i64::MIN);
    let mut earliest = Vec::new();
    for (number, event) in events.iter().enumerate().filter(|(_, event)| event.version > set_up) {
        let ended = event.expired_at().map(|at| Moment((at - SLACK) * 1000));
        // What ended leaves by itself, or in one commit with the order to add it again.
        let next = events.get(number + 1).filter(|next| ended.is_some() && next.request == event.request);
        latest = [asked_at(event), ended, next.and_then(asked_at)].into_iter().flatten().fold(latest, Moment::max);
        earliest.push(latest);
    }
    earliest
}
