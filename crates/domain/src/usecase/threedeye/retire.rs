//! Taking a remote account away without losing its roles.

use thiserror::Error;

use super::job::{Job, StepError};
use crate::commit::{Effects, PrivateChange};
use crate::ids::UserId;
use crate::port::GatewayError;
use crate::text::EmailAddress;
use crate::threedeye::{AccountState, Mapping, MappingState, RemoteAccount, ThreeDEyeRemoteDeleted};

/// Why a remote step was not done.
#[derive(Debug, Error)]
pub(crate) enum RemoteError {
    /// 3dEye failed.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The step could not be written.
    #[error(transparent)]
    Step(#[from] StepError),
}

/// Whose roles an account has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Roles {
    /// The person's: they follow to the next account.
    ThePersons,
    /// Somebody else's, as far as is known: the event is all that keeps them.
    Anothers,
}

/// Saves an account's roles if they are the person's, then deletes it. `rows` are the local rows, and what becomes of
/// them.
///
/// A delete whose outcome is not known leaves the mapping stale, even if the account is still there: the delete may
/// take effect later. Then the next call deletes again and makes an account anew, whose id no late delete names. One
/// that certainly did nothing leaves the rows as they were.
pub(super) async fn retire(
    job: &Job<'_>,
    rows: &mut AccountState,
    remote: &RemoteAccount,
    whose: Roles,
) -> Result<(), RemoteError> {
    let before = rows.clone();
    let mut roles = before.recovery.clone().unwrap_or_default();
    let theirs = remote.roles.iter().filter(|role| whose == Roles::ThePersons && !roles.contains(role));
    roles.extend(theirs.cloned().collect::<Vec<_>>());
    rows.recovery = if roles.is_empty() { before.recovery.clone() } else { Some(roles) };
    // From here on the mapping may be one to a dead account. Until that is certain it names it by its id.
    rows.mapping = before.mapping.clone().map(|mut mapping| {
        if mapping.names(remote) {
            mapping.threedeye_user = Some(remote.id.clone());
        }
        mapping.stale()
    });
    job.step(Effects { private: written(job.user(), rows), ..Effects::default() }).await?;
    if let Err(error) = job.gateway().delete(&remote.id).await {
        if is_gone(job, remote, &error).await? {
            tracing::debug!(user = %job.user(), %error, "a delete was refused, and the account is gone");
        } else {
            if did_nothing(&error) {
                *rows = before;
                job.step(Effects { private: written(job.user(), rows), ..Effects::default() }).await?;
            }
            return Err(error.into());
        }
    }
    if let Some(mapping) = &mut rows.mapping
        && mapping.threedeye_user.as_ref() == Some(&remote.id)
    {
        mapping.threedeye_user = None;
    }
    let event = ThreeDEyeRemoteDeleted {
        user_id: job.user(),
        threedeye_user_id: remote.id.clone(),
        role_ids: remote.roles.clone(),
    };
    job.outcome(event, rows.mapping.clone().map(PrivateChange::ThreeDEye).into_iter().collect()).await?;
    Ok(())
}

/// The account meant by an address. A list that went on while it was read may lack it: then the one we noted is asked
/// for.
pub(super) async fn of_address(
    job: &Job<'_>,
    rows: &AccountState,
    address: &EmailAddress,
) -> Result<Option<RemoteAccount>, RemoteError> {
    job.hold().await?;
    if let Some(found) = job.gateway().find_by_email(address).await? {
        return Ok(Some(found));
    }
    let Some(id) = rows.mapping.as_ref().and_then(|mapping| mapping.threedeye_user.as_ref()) else { return Ok(None) };
    job.hold().await?;
    Ok(job.gateway().find(id).await?.filter(|remote| remote.email.as_ref() == Some(address)))
}

/// An account that was made for another address than this one, if it is still there and ours by what we noted: it has
/// the id and the address or, where 3dEye told no id, the address.
pub(super) async fn made_for_another(
    job: &Job<'_>,
    rows: &AccountState,
    address: &EmailAddress,
) -> Result<Option<RemoteAccount>, RemoteError> {
    let leads = |mapping: &&Mapping| mapping.leads_elsewhere(Some(address));
    let Some(known) = rows.mapping.as_ref().filter(leads) else { return Ok(None) };
    let Some(id) = &known.threedeye_user else { return at_address(job, &known.email).await };
    job.hold().await?;
    Ok(job.gateway().find(id).await?.filter(|remote| remote.email.as_ref() == Some(&known.email)))
}

/// The account an address leads to, unless it is another person's by what is written here.
pub(crate) async fn at_address(job: &Job<'_>, address: &EmailAddress) -> Result<Option<RemoteAccount>, RemoteError> {
    job.hold().await?;
    match job.gateway().find_by_email(address).await? {
        Some(remote) if job.is_anothers(&remote).await.map_err(StepError::from)? => Ok(None),
        found => Ok(found),
    }
}

/// Is an account gone although its delete was refused? An answer nobody understood may be such a refusal.
async fn is_gone(job: &Job<'_>, remote: &RemoteAccount, error: &GatewayError) -> Result<bool, RemoteError> {
    if !matches!(error, GatewayError::Rejected(_) | GatewayError::Unauthorised | GatewayError::EmailTaken) {
        return Ok(false);
    }
    job.hold().await?;
    match job.gateway().find(&remote.id).await {
        Ok(found) => Ok(found.is_none()),
        // Then nothing is certain, and the rows stay as they are.
        Err(_) => Err(error.clone().into()),
    }
}

/// Did a delete that failed so, with the account still there, certainly do nothing, now or later?
const fn did_nothing(error: &GatewayError) -> bool {
    !matches!(error, GatewayError::Unavailable { .. } | GatewayError::Ambiguous)
}

/// The local rows as they are to be.
pub(super) fn written(user: UserId, rows: &AccountState) -> Vec<PrivateChange> {
    let mapping = rows.mapping.clone().map_or(PrivateChange::ThreeDEyeGone(user), PrivateChange::ThreeDEye);
    let recovery = match &rows.recovery {
        Some(roles) => PrivateChange::Recovery { user, roles: roles.clone() },
        None => PrivateChange::RecoveryGone(user),
    };
    vec![mapping, recovery]
}

/// Notes that no account could be seen for a mapping. A list may lack what is there, so one without an id is not known
/// to be gone.
pub(crate) async fn note_missing(job: &Job<'_>, rows: &mut AccountState) -> Result<(), StepError> {
    if let Some(live) = rows.mapping.clone().filter(|mapping| mapping.state == MappingState::Live) {
        let stale = live.stale();
        let private = vec![PrivateChange::ThreeDEye(stale.clone())];
        rows.mapping = Some(stale);
        job.step(Effects { private, ..Effects::default() }).await?;
    }
    Ok(())
}
