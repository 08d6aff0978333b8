//! Making sure that a person has exactly one remote account, whose password we know.

use thiserror::Error;

use super::job::{Job, Last, StepError};
use super::password;
use crate::commit::{Effects, PrivateChange};
use crate::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use crate::port::{GatewayError, NewRemoteAccount};
use crate::text::EmailAddress;
use crate::threedeye::{AccountState, Mapping, MappingState, RemoteAccount, ThreeDEyeProvisioned};
use crate::usecase::camera_role::to_restore;
use crate::user::{Person, Profile, Voucher};

/// Longest name given to a remote account, in characters.
const REMOTE_NAME: usize = 100;

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

/// Provisions. A live mapping is left as it is.
///
/// Otherwise: look the address up; an account that is there is taken over by saving its roles, deleting it and making
/// it anew, since nobody knows its password; then make one, with the roles that wait to be restored and those of the
/// camera roles the person is in. `evidence` is the
/// mapping there was, even if it was cleared just now: a sign that an account found may be ours.
pub(super) async fn provision(
    job: &Job<'_>,
    person: &Person,
    state: &AccountState,
    evidence: Option<&Mapping>,
) -> Result<Mapping, ProvisionError> {
    if let Some(mapping) = &state.mapping
        && mapping.state == MappingState::Live
    {
        return Ok(mapping.clone());
    }
    let email = person.profile.email.clone().ok_or(ProvisionError::NoAddress)?;
    let mut roles =
        to_restore(job.camera_roles(), person.id, state.recovery.as_deref()).await.map_err(StepError::from)?;
    job.hold().await?;
    if let Some(remote) = job.gateway().find_by_email(&email).await? {
        if let Some(survivor) = survivor(state, &email, &remote) {
            finish(job, &survivor, &remote.roles).await?;
            return Ok(survivor);
        }
        if !may_take_over(job, person, evidence, &email) {
            return Err(ProvisionError::Orphan);
        }
        retire(job, state, &remote, &mut roles).await?;
    }
    let mapping = Mapping {
        user: person.id,
        threedeye_user: None,
        email,
        password: password::generate(job.entropy()),
        state: MappingState::Creating,
        created_at: job.now(),
    };
    job.step(Effects { private: vec![PrivateChange::ThreeDEye(mapping.clone())], ..Effects::default() }).await?;
    let id = match create(job, person, &mapping, &roles).await {
        Ok(id) => id,
        Err(CreateError::NotMade(error)) => {
            // Nothing was made, so nothing may later pass for a sign that it was.
            let gone = PrivateChange::ThreeDEyeGone(person.id);
            job.step(Effects { private: vec![gone], ..Effects::default() }).await?;
            return Err(if error == GatewayError::EmailTaken { ProvisionError::Orphan } else { error.into() });
        }
        Err(CreateError::Unknown(error)) => return Err(error),
    };
    let mapping = Mapping { threedeye_user: id, state: MappingState::Live, ..mapping };
    finish(job, &mapping, &roles).await?;
    Ok(mapping)
}

/// An account that exists is only taken over when somebody stands for the address, the caller's own token among them, or
/// when we made it or were making it when we were interrupted: else whoever can set an address could take another
/// person's cameras.
fn may_take_over(job: &Job<'_>, person: &Person, evidence: Option<&Mapping>, email: &EmailAddress) -> bool {
    person.profile.email_voucher.vouches()
        || job.token_vouches(email)
        || evidence.is_some_and(|mapping| mapping.email == *email)
}

/// A mapping whose account was to be deleted and is still there, by the same id: its password is still good.
fn survivor(state: &AccountState, email: &EmailAddress, remote: &RemoteAccount) -> Option<Mapping> {
    let known = state.mapping.as_ref()?;
    let same = known.state == MappingState::Stale && known.email == *email;
    let same = same && known.threedeye_user.as_ref() == Some(&remote.id);
    same.then(|| Mapping { state: MappingState::Live, ..known.clone() })
}

/// Saves an account's roles, then deletes it. Interrupted in between, the next call does the same again.
pub(super) async fn retire(
    job: &Job<'_>,
    state: &AccountState,
    remote: &RemoteAccount,
    roles: &mut Vec<ThreeDEyeRoleId>,
) -> Result<(), ProvisionError> {
    let new: Vec<_> = remote.roles.iter().filter(|role| !roles.contains(role)).cloned().collect();
    roles.extend(new);
    let user = job.user();
    let mut intent = vec![PrivateChange::Recovery { user, roles: roles.clone() }];
    // From here on the mapping may be one to a dead account.
    intent.extend(state.mapping.clone().map(stale).map(PrivateChange::ThreeDEye));
    job.step(Effects { private: intent, ..Effects::default() }).await?;
    job.gateway().delete(&remote.id).await?;
    Ok(())
}

/// The mapping when its account is, or may be, gone.
pub(super) fn stale(mapping: Mapping) -> Mapping {
    Mapping { state: MappingState::Stale, ..mapping }
}

/// Why an account was not made, as far as is known.
enum CreateError {
    /// It was certainly not made.
    NotMade(GatewayError),
    /// It may have been made.
    Unknown(ProvisionError),
}

impl<E: Into<ProvisionError>> From<E> for CreateError {
    fn from(error: E) -> Self {
        Self::Unknown(error.into())
    }
}

/// Makes the account. When 3dEye does not confirm, or leaves the id out, the account is looked for.
async fn create(
    job: &Job<'_>,
    person: &Person,
    mapping: &Mapping,
    roles: &[ThreeDEyeRoleId],
) -> Result<Option<ThreeDEyeUserId>, CreateError> {
    let profile = &person.profile;
    let account = NewRemoteAccount {
        email: mapping.email.clone(),
        first_name: remote_name(profile.first_name.as_deref(), "Portcullis"),
        last_name: remote_name(profile.last_name.as_deref(), "User"),
        password: mapping.password.clone(),
        roles: roles.to_vec(),
    };
    let unconfirmed = match job.gateway().create(&account).await {
        Ok(created) => match created.id {
            Some(id) => return Ok(Some(id)),
            None => false,
        },
        Err(GatewayError::Ambiguous) => true,
        Err(error) => return Err(CreateError::NotMade(error)),
    };
    job.hold().await?;
    // The address was free a moment ago and the job is ours alone: what is there now is what we asked for.
    let Some(found) = job.gateway().find_by_email(&mapping.email).await? else {
        return if unconfirmed { Err(GatewayError::Ambiguous.into()) } else { Ok(None) };
    };
    for role in roles.iter().filter(|role| !found.roles.contains(role)) {
        job.hold().await?;
        job.gateway().assign_role(&found.id, role).await?;
    }
    Ok(Some(found.id))
}

/// A name as 3dEye takes it: something, and not too long.
fn remote_name(name: Option<&str>, otherwise: &str) -> String {
    let name = name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(otherwise);
    name.chars().take(REMOTE_NAME).collect()
}

/// Writes that the account is there: mapping, used-up recovery row and event together.
async fn finish(job: &Job<'_>, mapping: &Mapping, roles: &[ThreeDEyeRoleId]) -> Result<(), StepError> {
    let effects = |person: &Person| {
        let event = ThreeDEyeProvisioned {
            user_id: mapping.user,
            threedeye_user_id: mapping.threedeye_user.clone(),
            role_ids: roles.to_vec(),
        };
        let mut private = vec![PrivateChange::ThreeDEye(mapping.clone()), PrivateChange::RecoveryGone(mapping.user)];
        if !person.profile.email_voucher.vouches() && person.profile.email.as_ref() == Some(&mapping.email) {
            let by_token = job.token_vouches(&mapping.email);
            let email_voucher = if by_token { Voucher::Token } else { Voucher::Provisioned };
            let profile = Profile { email_voucher, ..person.profile.clone() };
            private.push(PrivateChange::Profile(profile));
        }
        Effects { events: vec![event.into()], private, ..Effects::default() }
    };
    job.step_on_person(effects, Last::No).await.map(|_| ())
}
