//! Making sure that a person has exactly one remote account, whose password we know.

use thiserror::Error;

use super::create::{Making, create};
use super::job::{Job, StepError};
use super::restore::{Provisioned, Restored, restore};
use super::retire::{RemoteError, Roles, made_for_another, note_missing, retire};
use crate::commit::{Effects, PrivateChange};
use crate::port::GatewayError;
use crate::text::EmailAddress;
use crate::threedeye::{AccountState, Mapping, MappingState, RemoteAccount};
use crate::user::Person;

/// How often an account is asked for, and one that turns up meanwhile taken over, before the call gives up.
const ROUNDS: u32 = 4;

/// Why no account could be had.
#[derive(Debug, Error)]
pub(super) enum ProvisionError {
    /// The person has no address.
    #[error("the user has no e-mail address")]
    NoAddress,
    /// An account with the address exists where we cannot reach or may not take it.
    #[error("an account with this e-mail address exists but cannot be used from here")]
    Orphan,
    /// 3dEye failed.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The step could not be written.
    #[error(transparent)]
    Step(#[from] StepError),
}

impl From<RemoteError> for ProvisionError {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::Gateway(error) => Self::Gateway(error),
            RemoteError::Step(error) => Self::Step(error),
        }
    }
}

/// Why the address is looked up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Not at all, but if the account cannot be made: finding nothing takes a walk over all accounts of the customer.
    Later,
    /// To find out whether there is an account.
    First,
    /// 3dEye says there is one, though none was visible before.
    Taken,
    /// It was not to be seen after that either. 3dEye pages by number, so that a walk misses an account when others are
    /// deleted meanwhile; one that stays out of sight is somebody else's.
    OutOfSight,
    /// An account may have been made just now.
    Unconfirmed,
}

/// Provisions; `rows` are the local rows. A live mapping is left as it is, but for roles that wait to be restored.
///
/// Otherwise: look the address up; an account that is there is taken over by saving its roles, deleting it and making
/// it anew, since nobody knows its password; then make one, with the roles that wait to be restored and those of the
/// camera roles the person is in. Where nothing tells of an account and one might be taken over, it is made before
/// anything is looked up. A password counts only when 3dEye confirmed that the account was made with it: one that turns
/// up after a create that was not confirmed may be of an earlier call or somebody else's, and is taken over like any
/// other.
pub(super) async fn provision(
    job: &Job<'_>,
    person: &Person,
    mut rows: AccountState,
) -> Result<Provisioned, ProvisionError> {
    if let Some(live) = rows.mapping.clone().filter(|mapping| mapping.state == MappingState::Live) {
        if rows.recovery.is_none() {
            return Ok(Provisioned { mapping: live, missing: Vec::new() });
        }
        match restore(job, live, &rows).await? {
            Restored::Done(done) => return Ok(done),
            Restored::Missing => note_missing(job, &mut rows).await?,
        }
    }
    let email = person.profile.email.clone().ok_or(ProvisionError::NoAddress)?;
    // Unless somebody stands for the address, there must have been no account before the first create: what turns up
    // after it counts as the person's. A second mapping for an account that is another's would make it nobody's.
    let unknown = rows.mapping.is_none() && rows.recovery.is_none();
    let at_once =
        unknown && person.profile.email_voucher.vouches() && !job.is_claimed(&email).await.map_err(StepError::from)?;
    let mut look = if at_once { Look::Later } else { Look::First };
    for _ in 0..ROUNDS {
        if look != Look::Later {
            let may = may_take_over(job, person, &rows, &email);
            job.hold().await?;
            let found = job.gateway().find_by_email(&email).await?;
            let may = may && !is_anothers(job, found.as_ref()).await?;
            match (found, look) {
                (Some(remote), _) if may => retire(job, &mut rows, &remote, Roles::ThePersons).await?,
                (None, Look::Taken) => {
                    look = Look::OutOfSight;
                    continue;
                }
                (Some(_), _) | (None, Look::OutOfSight) => return Err(ProvisionError::Orphan),
                (None, Look::Unconfirmed) => return Err(GatewayError::Ambiguous.into()),
                (None, _) => {}
            }
        }
        if let Some(remote) = made_for_another(job, &rows, &email).await? {
            retire(job, &mut rows, &remote, Roles::ThePersons).await?;
        }
        look = match create(job, person, &mut rows, &email).await? {
            Making::Made(mapping) => return settle(job, mapping, rows).await,
            // An earlier create that was not confirmed may have taken effect since we looked.
            Making::Taken if may_take_over(job, person, &rows, &email) => Look::Taken,
            Making::Taken => return Err(ProvisionError::Orphan),
            Making::Unconfirmed => Look::Unconfirmed,
            Making::Failed(error) => return Err(error.into()),
        };
    }
    Err(GatewayError::Ambiguous.into())
}

/// An account that exists is only taken over when somebody stands for the address, the caller's own token among them,
/// or when we made it or were making it when we were interrupted: else whoever can set an address could take another
/// person's cameras. A mapping for the address, whatever its state, is the sign that we did.
pub(super) fn may_take_over(job: &Job<'_>, person: &Person, rows: &AccountState, email: &EmailAddress) -> bool {
    person.profile.email_voucher.vouches()
        || job.token_vouches(email)
        || rows.mapping.as_ref().is_some_and(|mapping| mapping.email == *email)
}

/// Is what was found another person's, who had the address before?
pub(super) async fn is_anothers(job: &Job<'_>, found: Option<&RemoteAccount>) -> Result<bool, StepError> {
    match found {
        Some(remote) => Ok(job.is_anothers(remote).await?),
        None => Ok(false),
    }
}

/// The account is made. Its password is kept before roles are seen to, so that nothing after this costs it.
async fn settle(job: &Job<'_>, mapping: Mapping, mut rows: AccountState) -> Result<Provisioned, ProvisionError> {
    let mapping = Mapping { state: MappingState::Live, ..mapping };
    if rows.recovery.is_some() {
        job.step(Effects { private: vec![PrivateChange::ThreeDEye(mapping.clone())], ..Effects::default() }).await?;
        rows.mapping = Some(mapping.clone());
    }
    match restore(job, mapping, &rows).await? {
        Restored::Done(done) => Ok(done),
        // Not yet to be seen; the next call sees to the roles.
        Restored::Missing => Err(GatewayError::Unavailable { retry_after: None }.into()),
    }
}
