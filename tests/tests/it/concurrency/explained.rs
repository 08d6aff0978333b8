//! Everything the clients were told against everything on record.

use std::collections::BTreeMap;

use portcullis_tests::linear::{Asked, Call, Event, Reached, check, check_owner};

use super::clients::Noted;
use super::orders::{LOCKS, Role, TENANT, Whose, lock};

/// What cannot be explained.
pub(super) fn faults(
    histories: &BTreeMap<Whose, Vec<Event>>,
    set_up: &BTreeMap<Whose, u64>,
    noted: &[Noted],
) -> Vec<String> {
    let mut faults = Vec::new();
    for (whose, events) in histories {
        let found = check(events, set_up.get(whose).copied().unwrap_or_default(), &calls(noted, *whose));
        faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", whose.id())));
    }
    let positions = positions(histories);
    for n in 0..LOCKS {
        let whose = Whose::Lock(n);
        // Nobody registered the others.
        let events = histories.get(&whose).map_or(&[][..], Vec::as_slice);
        let reached: Vec<_> = noted.iter().filter_map(|noted| reached(noted, &lock(n), &positions)).collect();
        let set_up = set_up.get(&whose).copied().unwrap_or_default();
        let found = check_owner(TENANT, events, set_up, &calls(noted, whose), &reached);
        faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", whose.id())));
    }
    faults
}

fn calls(noted: &[Noted], whose: Whose) -> Vec<Call> {
    noted.iter().filter(|noted| noted.whose == whose).map(|noted| noted.call.clone()).collect()
}

/// Where the event of each order that put a lock on a list, or took it off, stands among all.
fn positions(histories: &BTreeMap<Whose, Vec<Event>>) -> BTreeMap<&str, u64> {
    histories.values().flatten().filter_map(|event| Some((event.tag()?, event.position))).collect()
}

/// What the tenant's key was told about this lock.
fn reached(noted: &Noted, lock: &str, positions: &BTreeMap<&str, u64>) -> Option<Reached> {
    let of = match &noted.call.asked {
        Asked::Grant(grant) => &grant.lock,
        Asked::Revoke { lock } => lock,
        _ => return None,
    };
    (noted.role == Role::Tenant && of == lock)
        .then(|| Reached { call: noted.call.clone(), position: positions.get(noted.call.tag.as_str()).copied() })
}
