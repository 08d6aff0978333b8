//! What clients asked and were told.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::{Fault, Rule};
use super::list::{Grant, Millis};

/// An instant of the run, in microseconds since 1970, by a clock that was set at the start and only runs on since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// The same in milliseconds, which is what the service's clock tells.
    pub const fn millis(self) -> Millis {
        self.0.div_euclid(1000)
    }
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A lock onto the list.
    Grant(Grant),
    /// A lock off the list.
    Revoke {
        /// The lock.
        lock: String,
    },
    /// The list.
    List,
    /// The person suspended, or active again.
    Status {
        /// Which of the two.
        suspended: bool,
    },
    /// Of a lock: that it belongs to an organisation.
    Organisation {
        /// The organisation.
        org: String,
    },
    /// Something that is not about locks and writes an event of this name.
    Other {
        /// The event's name.
        event: String,
    },
}

/// Why something was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The lock is on the list already.
    AlreadyGranted,
    /// The lock is not on the list.
    NotGranted,
    /// The window had ended before it was looked at.
    WindowOver,
    /// The version is not the one of `If-Match`.
    Stale,
}

/// A lock as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The grant; its beginning only with [`Shown::Scheduled`].
    pub grant: Grant,
    /// What it is said to be worth.
    pub shown: Shown,
}

/// What a lock on a list is said to be worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// It opens.
    Valid,
    /// Its beginning lies ahead.
    Scheduled,
    /// The person is suspended.
    Suspended,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It is done.
    Done {
        /// The version it is done at, where that is told.
        version: Option<u64>,
        /// The event's payload and the request's id, where they are told.
        event: Option<(Value, String)>,
    },
    /// It was so already.
    Unneeded {
        /// The version it was so at.
        version: u64,
    },
    /// It is refused.
    Refused(Refusal),
    /// It is not for this caller to ask.
    Forbidden,
    /// The list.
    Listed {
        /// The version it is of.
        version: u64,
        /// The locks on it.
        entries: Vec<Entry>,
    },
    /// Too many others changed the same person.
    Conflict,
    /// No answer, or one that does not say what became of it.
    Nothing,
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The order it carries; a repetition has the first one's.
    pub tag: String,
    /// What was asked for.
    pub asked: Asked,
    /// The version of `If-Match`.
    pub only_at: Option<u64>,
    /// Just before it was sent.
    pub sent: Moment,
    /// Just after the answer was there.
    pub answered: Moment,
    /// The answer.
    pub told: Told,
    /// Was it said to be given before?
    pub replayed: bool,
}

/// From when to when an answer may have been made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) sent: Moment,
    pub(super) answered: Moment,
}

/// The calls by their orders.
pub(super) struct Orders<'a>(BTreeMap<&'a str, Vec<&'a Call>>);

impl<'a> Orders<'a> {
    pub(super) fn of(calls: &'a [Call]) -> Self {
        let mut orders = BTreeMap::<_, Vec<_>>::new();
        for call in calls {
            orders.entry(call.tag.as_str()).or_default().push(call);
        }
        Self(orders)
    }

    pub(super) fn calls(&self, tag: &str) -> &[&'a Call] {
        self.0.get(tag).map_or(&[], Vec::as_slice)
    }

    /// A repeated answer was made for any of the order's requests: the one that got it may have lost it on its way.
    pub(super) fn span(&self, call: &Call) -> Span {
        let others = self.calls(&call.tag).iter().filter(|_| call.replayed).map(|other| other.sent);
        Span { sent: others.fold(call.sent, Moment::min), answered: call.answered }
    }

    /// Orders with two answers, or with none that is the first.
    pub(super) fn unequal(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (tag, calls) in &self.0 {
            let mut fault = |text: &str| faults.push(Fault::new(Rule::Repeated, format!("{tag} {text}")));
            // A fault of the request itself is never remembered, so that it can be mended.
            let is_fault = |call: &Call| call.told == Told::Refused(Refusal::WindowOver);
            if calls.iter().any(|call| is_fault(call) && call.replayed) {
                fault("repeats a fault of the request");
            }
            // Only these are remembered.
            let lasting =
                |call: &&&Call| matches!(call.told, Told::Done { .. } | Told::Unneeded { .. } | Told::Refused(_));
            let answers: Vec<_> = calls.iter().filter(|call| !is_fault(call)).filter(lasting).collect();
            if answers.windows(2).any(|pair| !same(&pair[0].told, &pair[1].told)) {
                fault("has two answers");
            }
            let first = answers.iter().filter(|call| !call.replayed).count();
            // The first may have got lost on its way.
            let lost = calls.iter().any(|call| call.told == Told::Nothing);
            if first > 1 || (first == 0 && !answers.is_empty() && !lost) {
                fault(&format!("has {first} first answers"));
            }
        }
        faults
    }
}

/// The same answer, though each has a request id of its own.
fn same(one: &Told, other: &Told) -> bool {
    match (one, other) {
        (Told::Done { version: one, event: told }, Told::Done { version: other, event: again }) => {
            let payload = |event: &Option<(Value, String)>| event.as_ref().map(|(payload, _)| payload.clone());
            one == other && payload(told) == payload(again)
        }
        _ => one == other,
    }
}
