//! The rules of suspending people and letting them back in.

use super::{OtherAdministrators, Person, UserReactivated, UserRefusal, UserStatus, UserSuspended};
use crate::clock::Timestamp;
use crate::commit::{Effects, Guard, GuardKey};
use crate::ids::UserId;
use crate::text::FreeText;

/// Suspends a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspendUser {
    /// The person.
    pub user: UserId,
    /// Why.
    pub reason: FreeText,
    /// Who suspends, as the caller says.
    pub by: FreeText,
}

/// Ends a suspension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReactivateUser {
    /// The person.
    pub user: UserId,
    /// Why.
    pub reason: FreeText,
    /// Who reactivates, as the caller says.
    pub by: FreeText,
}

/// Suspends an active person and ends all sessions; grants stay. Somebody suspended already is left as is.
///
/// `epoch` is the credential epoch read before. Refused: [`UserRefusal::LastAdministrator`]; and
/// [`UserRefusal::SwitchedOff`], as the end of a suspension makes active, which somebody switched off was not.
pub fn suspend(
    command: &SuspendUser,
    person: &Person,
    epoch: u64,
    others: OtherAdministrators,
    now: Timestamp,
) -> Result<Effects, UserRefusal> {
    let mut effects = Effects::default();
    match person.status {
        UserStatus::Active => {}
        UserStatus::Inactive => return Err(UserRefusal::SwitchedOff),
        UserStatus::Deleted => return Err(UserRefusal::Deleted),
        UserStatus::Suspended => return Ok(effects),
    }
    if person.is_active_administrator() {
        if !others.any {
            return Err(UserRefusal::LastAdministrator);
        }
        // Two who suspend each other at once both see another one: the second must look again.
        effects.guards.push(Guard::raise(GuardKey::Administrators, others.revision));
    }
    let suspended = UserSuspended {
        user_id: person.id,
        reason: command.reason.clone(),
        suspended_by: command.by.clone(),
        suspended_at: now,
    };
    effects.events.push(suspended.into());
    effects.end_sessions(person.id, epoch);
    Ok(effects)
}

/// Makes a suspended person active. Sessions that ended stay ended. Somebody active already is left as is.
///
/// Refused: [`UserRefusal::SwitchedOff`], as an account that was switched off is switched on by whoever manages accounts.
pub fn reactivate(command: &ReactivateUser, person: &Person, now: Timestamp) -> Result<Effects, UserRefusal> {
    let mut effects = Effects::default();
    match person.status {
        UserStatus::Active => {}
        UserStatus::Inactive => return Err(UserRefusal::SwitchedOff),
        UserStatus::Deleted => return Err(UserRefusal::Deleted),
        UserStatus::Suspended => effects.events.push(
            UserReactivated {
                user_id: person.id,
                reason: command.reason.clone(),
                reactivated_by: command.by.clone(),
                reactivated_at: now,
            }
            .into(),
        ),
    }
    Ok(effects)
}
