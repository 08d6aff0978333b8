//! The rules of switching accounts on and off.

use super::{Person, Standing, UserActivated, UserDeactivated, UserRefusal, UserStatus};
use crate::commit::{Effects, Guard, GuardKey};
use crate::event::Event;

/// Switches an account on, or off, which ends all sessions and tokens; grants stay. What it is already it stays, and
/// somebody suspended is off already.
///
/// Refused: [`UserRefusal::NoAccount`]; [`UserRefusal::LastAdministrator`]; and [`UserRefusal::Suspended`], as a
/// suspension is ended by whoever may suspend, for a reason.
pub fn set_active(active: bool, standing: &Standing) -> Result<Effects, UserRefusal> {
    let person = &standing.person;
    if person.account.is_none() {
        return Err(UserRefusal::NoAccount);
    }
    let mut effects = Effects::default();
    let Some(event) = switched(active, standing)? else { return Ok(effects) };
    effects.events.push(event);
    if !active {
        if person.is_active_administrator() {
            effects.guards.push(one_fewer(standing)?);
        }
        effects.end_sessions(person.id, standing.epoch);
    }
    Ok(effects)
}

/// The event of it, unless there is nothing to do.
pub(super) fn switched(active: bool, standing: &Standing) -> Result<Option<Event>, UserRefusal> {
    let Person { id, status, .. } = standing.person;
    match (status, active) {
        (UserStatus::Suspended, true) => Err(UserRefusal::Suspended),
        (UserStatus::Inactive, true) => Ok(Some(UserActivated { user_id: id }.into())),
        (UserStatus::Active, false) => {
            Ok(Some(UserDeactivated { user_id: id, sessions_ended: standing.sessions }.into()))
        }
        _ => Ok(None),
    }
}

/// Makes sure that somebody can administer the service when this person no longer does. Two who switch each other off at
/// once both see another one: the second must look again.
pub(super) fn one_fewer(standing: &Standing) -> Result<Guard, UserRefusal> {
    let others = standing.others;
    if others.any {
        Ok(Guard::raise(GuardKey::Administrators, others.revision))
    } else {
        Err(UserRefusal::LastAdministrator)
    }
}
