//! The rule of deleting people.

use super::active::one_fewer;
use super::{Standing, UserDeleted, UserRefusal};
use crate::access::{self, Grant};
use crate::camera_role::{self, Membership};
use crate::clock::Timestamp;
use crate::commit::{Claim, ClaimChange, Effects, Guard, GuardKey, PrivateChange, WorkChange};
use crate::text::FreeText;
use crate::threedeye::AccountState;
use crate::totp::Failures;

/// By whom and why grants leave with their person; who deleted it is the actor of the events.
const REMOVED_BY: &str = "system:deletion";
const REASON: &str = "the person was deleted";

/// Deletes a person for good. Every grant leaves by an event of its own, and so does every camera role; names are free for others; personal data,
/// secrets, sessions and tokens are gone. What happened stays, under an id that is never given again.
///
/// Refused: [`UserRefusal::LastAdministrator`]; and [`UserRefusal::CameraAccount`] as long as there is a row about a camera
/// account, as that could not be found again without it. Where the rows were cleared nothing is known of an account.
pub fn delete(
    standing: &Standing,
    grants: &[Grant],
    memberships: &[Membership],
    camera: &AccountState,
    now: Timestamp,
) -> Result<Effects, UserRefusal> {
    let person = &standing.person;
    let user = person.id;
    let mut effects = Effects::default();
    if person.is_active_administrator() {
        effects.guards.push(one_fewer(standing)?);
    }
    if camera.mapping.is_some() || camera.recovery.is_some() {
        return Err(UserRefusal::CameraAccount);
    }
    effects.events = access::remove_all(user, grants, &FreeText::ours(REMOVED_BY), &FreeText::ours(REASON), now);
    effects.events.extend(camera_role::remove_all(user, memberships, now));
    effects.events.push(UserDeleted { user_id: user, sessions_ended: standing.sessions }.into());
    let profile = &person.profile;
    let names = [
        profile.email.clone().map(Claim::Email),
        profile.phone_number.clone().map(Claim::PhoneNumber),
        person.account.as_ref().map(|(account, _)| Claim::UserName(account.username.clone())),
    ];
    effects.claims.extend(names.into_iter().flatten().map(|claim| ClaimChange::Release { claim, owner: user }));
    effects.private.push(PrivateChange::PersonErased(user));
    effects.work.push(WorkChange::Failures { user, failures: Failures::default() });
    // Whoever spends a code or makes a camera account at this moment would put a row back.
    effects.guards.push(Guard::raise(GuardKey::SecondFactor(user), standing.factor_revision));
    effects.guards.push(Guard::raise(GuardKey::ThreeDEye(user), camera.lease.fence));
    effects.end_sessions(user, standing.epoch);
    Ok(effects)
}
