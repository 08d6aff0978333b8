//! Giving a new account the roles of the one before.

use super::job::{Job, Last, StepError};
use super::provision::ProvisionError;
use super::retire::at_address;
use crate::commit::{Effects, PrivateChange};
use crate::ids::ThreeDEyeRoleId;
use crate::port::GatewayError;
use crate::threedeye::{AccountState, Mapping, RemoteAccount, ThreeDEyeProvisioned};
use crate::user::{Person, Profile, Voucher};

/// An account in use.
pub(super) struct Provisioned {
    pub(super) mapping: Mapping,
    /// Roles it was to have and has not, as 3dEye knows them no more.
    pub(super) missing: Vec<ThreeDEyeRoleId>,
}

/// What became of the roles.
pub(super) enum Restored {
    /// The account is as it should be, as far as 3dEye still knows the roles.
    Done(Provisioned),
    /// The account cannot be seen.
    Missing,
}

/// Gives the account of a live mapping the roles that wait to be restored and it has not, and writes that it is there. Can be
/// repeated: the recovery row goes only when all roles are back that 3dEye still knows.
pub(super) async fn restore(
    job: &Job<'_>,
    mut mapping: Mapping,
    rows: &AccountState,
) -> Result<Restored, ProvisionError> {
    let roles = rows.recovery.clone().unwrap_or_default();
    let mut missing = Vec::new();
    if !roles.is_empty() {
        let Some(remote) = account_of(job, &mapping).await? else { return Ok(Restored::Missing) };
        missing = assign(job, &remote, &roles).await?;
        mapping.threedeye_user = Some(remote.id);
    }
    let there = roles.into_iter().filter(|role| !missing.contains(role)).collect();
    finish(job, &mapping, there, missing.clone()).await?;
    Ok(Restored::Done(Provisioned { mapping, missing }))
}

async fn account_of(job: &Job<'_>, mapping: &Mapping) -> Result<Option<RemoteAccount>, ProvisionError> {
    let Some(id) = &mapping.threedeye_user else { return Ok(at_address(job, &mapping.email).await?) };
    job.hold().await?;
    Ok(job.gateway().find(id).await?)
}

/// Assigns what is not there; answers the roles 3dEye has no more.
async fn assign(
    job: &Job<'_>,
    remote: &RemoteAccount,
    roles: &[ThreeDEyeRoleId],
) -> Result<Vec<ThreeDEyeRoleId>, ProvisionError> {
    let mut refused = Vec::new();
    for role in roles.iter().filter(|role| !remote.roles.contains(role)) {
        job.hold().await?;
        match job.gateway().assign_role(&remote.id, role).await {
            Ok(()) => {}
            Err(GatewayError::Rejected(why)) => refused.push((role.clone(), why)),
            Err(error) => return Err(error.into()),
        }
    }
    if refused.is_empty() {
        return Ok(Vec::new());
    }
    job.hold().await?;
    let known = job.gateway().roles().await?;
    let mut missing = Vec::new();
    for (role, why) in refused {
        if known.iter().any(|known| known.id == role) {
            return Err(GatewayError::Rejected(why).into());
        }
        missing.push(role);
    }
    Ok(missing)
}

/// Writes that the account is there: mapping, used-up recovery row and event together.
async fn finish(
    job: &Job<'_>,
    mapping: &Mapping,
    role_ids: Vec<ThreeDEyeRoleId>,
    missing_role_ids: Vec<ThreeDEyeRoleId>,
) -> Result<(), StepError> {
    let event = ThreeDEyeProvisioned {
        user_id: mapping.user,
        threedeye_user_id: mapping.threedeye_user.clone(),
        role_ids,
        missing_role_ids,
    };
    let effects = |person: &Person| {
        let mut private = vec![PrivateChange::ThreeDEye(mapping.clone()), PrivateChange::RecoveryGone(mapping.user)];
        if !person.profile.email_voucher.vouches() && person.profile.email.as_ref() == Some(&mapping.email) {
            let by_token = job.token_vouches(&mapping.email);
            let email_voucher = if by_token { Voucher::Token } else { Voucher::Provisioned };
            let profile = Profile { email_voucher, ..person.profile.clone() };
            private.push(PrivateChange::Profile(profile));
        }
        Effects { events: vec![event.clone().into()], private, ..Effects::default() }
    };
    job.step_on_person(effects, Last::No).await.map(|_| ())
}
