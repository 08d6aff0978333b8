//! Between which versions a call must have met the stream.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::call::{Call, Moment, Orders, Span, Told};
use super::list::States;
use super::record::Event;
use super::{SLACK, explain};

pub(super) struct Bounds {
    set_up: u64,
    /// When somebody first knew of which version: both rise.
    known: Vec<(Moment, u64)>,
    /// The earliest moment of each version after the set-up; none is before the one of the version below it.
    possible: Vec<Moment>,
}

impl Bounds {
    pub(super) fn of(events: &[Event], set_up: u64, calls: &[Call], orders: &Orders<'_>, states: &States) -> Self {
        let mut bounds = Self { set_up, known: Vec::new(), possible: possible(events, set_up, orders) };
        let at: BTreeMap<_, _> = events.iter().filter_map(|event| Some((event.tag()?, event.version))).collect();
        // By their answers: what was known before a call was sent is then there when the call is looked at.
        let mut calls: Vec<_> = calls.iter().collect();
        calls.sort_by_key(|call| call.answered);
        let mut highest = set_up;
        for call in calls {
            let version = match &call.told {
                Told::Done { version, .. } => version.or_else(|| at.get(call.tag.as_str()).copied()),
                Told::Listed { version, .. } | Told::Unneeded { version } => Some(*version),
                // The person was at one of the versions that explain it, so at the lowest of them or beyond it.
                Told::Refused(refusal) => {
                    let span = orders.span(call);
                    explain::versions(call, *refusal, span, bounds.met(span), states).next()
                }
                _ => None,
            };
            let Some(version) = version else { continue };
            highest = highest.max(version);
            bounds.known.push((call.answered, highest));
        }
        bounds
    }

    /// From the newest version anybody knew of before the request, to the newest that can have been written before the
    /// answer: an event is on record before it is acknowledged, but not before it is asked for.
    pub(super) fn met(&self, span: Span) -> RangeInclusive<u64> {
        let before = self.known.partition_point(|(answered, _)| *answered < span.sent);
        let known = before.checked_sub(1).and_then(|last| self.known.get(last));
        let after = self.possible.partition_point(|earliest| *earliest <= span.answered);
        known.map_or(self.set_up, |(_, version)| *version)..=self.set_up + after as u64
    }
}

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
