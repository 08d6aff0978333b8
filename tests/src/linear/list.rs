//! What a stream says after each event: a person's list of locks and status, a lock's organisation.

use std::collections::BTreeMap;

use super::call::Asked;
use super::fault::{Fault, Rule};
use super::record::{Event, Happened};

/// Milliseconds since 1970.
pub type Millis = i64;

/// A lock on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The lock.
    pub lock: String,
    /// The name shown.
    pub name: String,
    /// The label shown.
    pub level: String,
    /// Who granted it; here the tag of the order.
    pub by: String,
    /// Not before.
    pub from: Option<Millis>,
    /// Not from then on.
    pub until: Option<Millis>,
}

impl Grant {
    pub(super) fn is_over(&self, at: Millis) -> bool {
        self.until.is_some_and(|until| until <= at)
    }
}

pub(super) type List = BTreeMap<String, Grant>;

/// What a stream says.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Of a person.
    pub(super) list: List,
    /// Of a person.
    pub(super) suspended: bool,
    /// Of a lock that is registered.
    pub(super) org: Option<String>,
}

impl State {
    /// Is what was asked for so already?
    pub(super) fn is_as(&self, asked: &Asked) -> bool {
        match asked {
            Asked::Status { suspended } => self.suspended == *suspended,
            Asked::Organisation { org } => self.org.as_ref() == Some(org),
            _ => false,
        }
    }
}

/// What it says after each version, from 0.
pub(super) struct States(Vec<State>);

impl States {
    /// Plays the events, whose versions are contiguous; tells which do not follow from those before.
    pub(super) fn after(events: &[Event]) -> (Self, Vec<Fault>) {
        let (mut state, mut faults) = (State::default(), Vec::new());
        let mut states = vec![state.clone()];
        for event in events {
            if let Err(text) = play(&mut state, event) {
                faults.push(Fault::new(Rule::Follows, format!("version {}: {text}", event.version)));
            }
            states.push(state.clone());
        }
        (Self(states), faults)
    }

    /// What it says at a version there is.
    pub(super) fn at(&self, version: u64) -> Option<&State> {
        self.0.get(usize::try_from(version).ok()?)
    }
}

fn play(State { list, suspended, org }: &mut State, event: &Event) -> Result<(), String> {
    match &event.happened {
        Happened::Status { suspended: now, .. } if suspended == now => Err(format!("suspended was {now} already")),
        Happened::Status { suspended: now, .. } => {
            *suspended = *now;
            Ok(())
        }
        Happened::Organisation { org: now, .. } => match org.replace(now.clone()) {
            Some(before) if before == *now => Err(format!("it was of {before} already")),
            _ => Ok(()),
        },
        Happened::Added(grant) => match list.insert(grant.lock.clone(), grant.clone()) {
            None => Ok(()),
            Some(before) => Err(format!("{} was added over the grant of {}", grant.lock, before.by)),
        },
        Happened::Removed { lock, by, at } => {
            let Some(grant) = list.remove(lock) else { return Err(format!("{lock} left and was not there")) };
            match by.as_str() {
                Event::EXPIRY if grant.until != Some(*at) => Err(format!("{lock} ended at another time than its own")),
                Event::EXPIRY if event.at < *at => Err(format!("{lock} ended before its time")),
                Event::EXPIRY => Ok(()),
                _ if grant.is_over(event.at) => Err(format!("{lock} was taken away after its end")),
                _ if *at != event.at => Err(format!("{lock} was taken away at another time than the event's")),
                _ => Ok(()),
            }
        }
        Happened::Other { .. } => Ok(()),
    }
}
