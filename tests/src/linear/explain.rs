//! Whether an answer is true at a version and an instant the call may have met.

use std::ops::RangeInclusive;

use super::SLACK;
use super::call::{Asked, Call, Entry, Refusal, Shown, Span, Told};
use super::fault::{Fault, Rule};
use super::list::{Grant, Millis, State, States};
use super::record::Event;

/// How many others must have got on for a command to give up: it tries again on every lost race.
const MANY: u64 = 8;

/// What cannot be explained of a call that was answered in this time, having met one of these versions.
pub(super) fn call(
    call: &Call,
    span: Span,
    met: &RangeInclusive<u64>,
    states: &States,
    events: &[Event],
) -> Option<Fault> {
    let fault = |rule, text: &str| {
        let (from, to) = (met.start(), met.end());
        Some(Fault::new(rule, format!("{} ({:?}), versions {from} to {to}: {text}", call.tag, call.asked)))
    };
    match &call.told {
        Told::Done { .. } => match kept(call, events) {
            Err(fault) => Some(fault),
            Ok(event) if event.version <= *met.start() => fault(Rule::Fresh, "its event is older than what was known"),
            Ok(event) if event.version > *met.end() => fault(Rule::Possible, "its event is newer than can be"),
            Ok(event) if !matches(call, event, events) => fault(Rule::Kept, "done at another version than If-Match"),
            Ok(_) => None,
        },
        Told::Refused(refusal) => {
            let is_true = versions(call, *refusal, span, met.clone(), states).next().is_some();
            if is_true { None } else { fault(Rule::Refused, &format!("{refusal:?} is not true at any")) }
        }
        Told::Listed { version, .. } if version < met.start() => {
            fault(Rule::Fresh, &format!("a list of version {version}"))
        }
        Told::Listed { version, entries } => match states.at(*version) {
            Some(state) if version <= met.end() => {
                listed(state, entries, window(span)).err().and_then(|text| fault(Rule::Listed, &text))
            }
            _ => fault(Rule::Possible, &format!("a list of version {version}")),
        },
        Told::Unneeded { version } if version < met.start() => fault(Rule::Fresh, &format!("so at version {version}")),
        Told::Unneeded { version } => match states.at(*version) {
            Some(state) if version <= met.end() && call.only_at.is_none_or(|only| only == *version) => {
                if state.is_as(&call.asked) { None } else { fault(Rule::Kept, "there was something to do") }
            }
            _ => fault(Rule::Possible, &format!("so at version {version}")),
        },
        Told::Conflict if met.end() - met.start() < MANY => fault(Rule::Refused, "a conflict with hardly anybody"),
        // Whether it was right depends on the lock's stream: see `check_owner`.
        Told::Forbidden | Told::Conflict | Told::Nothing => None,
    }
}

/// Those of the versions at which the refusal is true.
pub(super) fn versions(
    call: &Call,
    refusal: Refusal,
    span: Span,
    met: RangeInclusive<u64>,
    states: &States,
) -> impl Iterator<Item = u64> {
    met.filter(move |version| {
        passes(call, *version, refusal) && states.at(*version).is_some_and(|state| refused(call, refusal, span, state))
    })
}

/// The event of an acknowledged call.
fn kept<'a>(call: &Call, events: &'a [Event]) -> Result<&'a Event, Fault> {
    let fault = |text: String| Fault::new(Rule::Kept, format!("{} ({:?}): {text}", call.tag, call.asked));
    let Told::Done { version, event: told } = &call.told else { return Err(fault("not done".into())) };
    let found = events.iter().find(|event| event.tag() == Some(&call.tag));
    let event = found.ok_or_else(|| fault("acknowledged, and not on record".into()))?;
    if version.is_some_and(|version| version != event.version) {
        return Err(fault(format!("told version {version:?}, on record at {}", event.version)));
    }
    if let Some((payload, request)) = told {
        if *payload != event.payload {
            return Err(fault(format!("told {payload}, on record is {}", event.payload)));
        }
        if !call.replayed && *request != event.request {
            return Err(fault(format!("told request {request}, on record is {}", event.request)));
        }
    }
    Ok(event)
}

/// Did it follow the version it named, or the end of a grant that left in the same commit?
fn matches(call: &Call, event: &Event, events: &[Event]) -> bool {
    let Some(version) = call.only_at else { return true };
    let between = events.get(usize::try_from(version).unwrap_or(usize::MAX));
    let expired = |event: &Event, between: &Event| between.expired_at().is_some() && between.request == event.request;
    event.version == version + 1 || (event.version == version + 2 && between.is_some_and(|other| expired(event, other)))
}

/// `If-Match` is looked at first: what is refused for another reason was refused at the version named.
fn passes(call: &Call, version: u64, refusal: Refusal) -> bool {
    call.only_at.is_none_or(|only| (only == version) != (refusal == Refusal::Stale))
}

/// The first and the last instant the server may have looked at its clock.
const fn window(span: Span) -> (Millis, Millis) {
    (span.sent.millis() - SLACK, span.answered.millis() + SLACK)
}

fn refused(call: &Call, refusal: Refusal, span: Span, State { list, .. }: &State) -> bool {
    let (earliest, latest) = window(span);
    match (refusal, &call.asked) {
        (Refusal::AlreadyGranted, Asked::Grant(wanted)) => {
            list.get(&wanted.lock).is_some_and(|grant| !grant.is_over(earliest)) && !wanted.is_over(earliest)
        }
        (Refusal::NotGranted, Asked::Revoke { lock }) => list.get(lock).is_none_or(|grant| grant.is_over(latest)),
        (Refusal::WindowOver, Asked::Grant(wanted)) => wanted.is_over(latest),
        (Refusal::Stale, _) => call.only_at.is_some(),
        _ => false,
    }
}

/// Is there one instant at which the list looks like this?
fn listed(
    State { list, suspended, .. }: &State,
    entries: &[Entry],
    (mut earliest, mut latest): (Millis, Millis),
) -> Result<(), String> {
    let shown = |grant: &Grant| entries.iter().filter(|entry| entry.grant.lock == grant.lock).collect::<Vec<_>>();
    for grant in list.values() {
        match (shown(grant).as_slice(), grant.until) {
            ([], None) => return Err(format!("{} is missing", grant.lock)),
            ([], Some(until)) => earliest = earliest.max(until),
            ([entry], until) => {
                let from = grant.from.filter(|_| entry.shown == Shown::Scheduled);
                if entry.grant != (Grant { from, ..grant.clone() }) {
                    return Err(format!("{grant:?} is shown as {entry:?}"));
                }
                latest = until.map_or(latest, |until| latest.min(until - 1));
                if *suspended != (entry.shown == Shown::Suspended) {
                    return Err(format!("{entry:?} of somebody whose suspension is {suspended}"));
                }
                match (grant.from, entry.shown) {
                    (None, Shown::Scheduled) => {
                        return Err(format!("{} is scheduled and has no beginning", grant.lock));
                    }
                    (Some(from), Shown::Scheduled) => latest = latest.min(from - 1),
                    (Some(from), Shown::Valid) => earliest = earliest.max(from),
                    (None, Shown::Valid) | (_, Shown::Suspended) => {}
                }
            }
            _ => return Err(format!("{} is there more than once", grant.lock)),
        }
    }
    if let Some(entry) = entries.iter().find(|entry| !list.contains_key(&entry.grant.lock)) {
        return Err(format!("{} is not on it", entry.grant.lock));
    }
    if earliest > latest {
        return Err("no instant of the request has these windows open".into());
    }
    Ok(())
}
