//! What is on record about a person.

use std::collections::BTreeMap;

use serde_json::Value;

use super::SLACK;
use super::call::{Asked, Orders, Told};
use super::fault::{Fault, Rule};
use super::list::{Grant, Millis};

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// A lock came onto the list.
    Added(Grant),
    /// A lock left it.
    Removed {
        /// The lock.
        lock: String,
        /// By whom; here the tag of the order, or [`Event::EXPIRY`].
        by: String,
        /// When it was gone.
        at: Millis,
    },
    /// The person was suspended, or is active again.
    Status {
        /// Which of the two.
        suspended: bool,
        /// The tag of the order.
        by: String,
    },
    /// A lock belongs to an organisation from here on.
    Organisation {
        /// The organisation.
        org: String,
        /// The tag of the order.
        by: String,
    },
    /// Something that is not about locks.
    Other {
        /// The event's name.
        name: String,
        /// The tag of the order.
        by: String,
    },
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Which of all.
    pub position: u64,
    /// Which of its stream.
    pub version: u64,
    /// The kind of credential that allowed it.
    pub actor: String,
    /// What it says.
    pub happened: Happened,
    /// Its payload as recorded.
    pub payload: Value,
    /// When it was decided, by the server's clock.
    pub at: Millis,
    /// The request it came from.
    pub request: String,
}

impl Event {
    /// By whom locks leave whose time is over.
    pub const EXPIRY: &str = "system:expiry";
    /// The kind of credential the service's own jobs have.
    pub const JOB: &str = "system";

    /// Does it end a grant whose time is over?
    pub fn is_expiry(&self) -> bool {
        self.expired_at().is_some()
    }

    /// The tag of the order it came from; none when the service wrote it by itself.
    pub fn tag(&self) -> Option<&str> {
        match &self.happened {
            Happened::Added(grant) => Some(&grant.by),
            Happened::Removed { by, .. } => Some(by).filter(|by| *by != Self::EXPIRY).map(String::as_str),
            Happened::Status { by, .. } | Happened::Organisation { by, .. } | Happened::Other { by, .. } => Some(by),
        }
    }

    /// The end of the grant it ends, if that is what it does.
    pub(super) fn expired_at(&self) -> Option<Millis> {
        match &self.happened {
            Happened::Removed { by, at, .. } if by == Self::EXPIRY => Some(*at),
            _ => None,
        }
    }

    fn is_as(&self, asked: &Asked) -> bool {
        match (&self.happened, asked) {
            (Happened::Added(grant), Asked::Grant(wanted)) => grant == wanted,
            (Happened::Removed { lock, .. }, Asked::Revoke { lock: wanted }) => lock == wanted,
            (Happened::Status { suspended, .. }, Asked::Status { suspended: wanted }) => suspended == wanted,
            (Happened::Organisation { org, .. }, Asked::Organisation { org: wanted }) => org == wanted,
            (Happened::Other { name, .. }, Asked::Other { event }) => name == event,
            _ => false,
        }
    }
}

pub(super) fn gap(events: &[Event]) -> Option<Fault> {
    let (expected, found) = (1..).zip(events).find(|(number, event)| event.version != *number)?;
    Some(Fault::new(Rule::Contiguous, format!("version {} where {expected} should be", found.version)))
}

/// Events nobody asked for: not at all, not so, not then, or not twice.
pub(super) fn unasked(events: &[Event], set_up: u64, orders: &Orders<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen = BTreeMap::new();
    for (number, event) in events.iter().enumerate().filter(|(_, event)| event.version > set_up) {
        let mut fault = |text: String| {
            faults.push(Fault::new(Rule::Asked, format!("version {}: {text}", event.version)));
        };
        let Some(tag) = event.tag() else {
            // Expiry is nobody's order; that it follows from a grant is checked where events are played. The job writes
            // it, or whoever adds the lock again, in one commit.
            let added = events.get(number + 1).filter(|next| matches!(next.happened, Happened::Added(_)));
            if event.actor != Event::JOB && added.is_none_or(|next| next.request != event.request) {
                fault(format!("an end written by {}, who did not add the lock again", event.actor));
            }
            continue;
        };
        if let Some(first) = seen.insert(tag, event.version) {
            fault(format!("{tag} has an event already, at version {first}"));
        }
        let calls = orders.calls(tag);
        if calls.is_empty() {
            fault(format!("nobody asked for {tag}"));
            continue;
        }
        if !calls.iter().all(|call| event.is_as(&call.asked)) {
            fault(format!("{tag} asked for something else"));
        }
        // A request that got no answer may have been carried out; one that was refused may not.
        let at = |call: &&&super::Call| match call.told {
            Told::Nothing => event.at >= call.sent.millis() - SLACK,
            Told::Done { .. } => (call.sent.millis() - SLACK..=call.answered.millis() + SLACK).contains(&event.at),
            _ => false,
        };
        if !calls.iter().any(|call| at(&call)) {
            fault(format!("{tag} was not carried out between a request and its answer"));
        }
    }
    faults
}
