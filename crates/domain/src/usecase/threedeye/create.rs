//! Making a remote account.

use super::job::{Job, StepError};
use super::retire::written;
use crate::commit::Effects;
use crate::ids::ThreeDEyeUserId;
use crate::port::{Created, GatewayError, NewRemoteAccount};
use crate::text::EmailAddress;
use crate::threedeye::{AccountState, Mapping, MappingState};
use crate::usecase::camera_role::to_restore;
use crate::user::{Person, Profile};

/// Longest name given to a remote account, in characters.
const REMOTE_NAME: usize = 100;

/// What came of asking for an account.
pub(super) enum Making {
    /// It was made, with this password.
    Made(Mapping),
    /// An account with the address exists already.
    Taken,
    /// It may have been made, or may be yet; the mapping says so.
    Unconfirmed,
    /// It was not made.
    Failed(GatewayError),
}

/// Makes an account with the roles that wait to be restored and those of the camera roles the person is in. A mapping that says `Creating` is written before: from then
/// on an account with the address may be ours, whatever happens. When certainly none was made, the rows are as before.
pub(super) async fn create(
    job: &Job<'_>,
    person: &Person,
    rows: &mut AccountState,
    email: &EmailAddress,
) -> Result<Making, StepError> {
    let mapping = Mapping {
        user: person.id,
        threedeye_user: None,
        email: email.clone(),
        password: job.new_password(),
        state: MappingState::Creating,
        created_at: job.now(),
    };
    let before = rows.clone();
    let roles = to_restore(job.camera_roles(), person.id, before.recovery.as_deref()).await?;
    rows.recovery = Some(roles).filter(|roles| before.recovery.is_some() || !roles.is_empty());
    rows.mapping = Some(mapping.clone());
    job.step(Effects { private: written(person.id, rows), ..Effects::default() }).await?;
    let account = new_account(&person.profile, &mapping, rows);
    match ask(job, account).await? {
        Ok(Created { id }) => {
            let threedeye_user = match id {
                Some(id) => Some(id),
                None => id_of(job, email).await?,
            };
            Ok(Making::Made(Mapping { threedeye_user, ..mapping }))
        }
        Err(GatewayError::Ambiguous) => Ok(Making::Unconfirmed),
        Err(error) => {
            // Nothing was made, so nothing may later pass for a sign that it was; an older sign is as good as before.
            job.step(Effects { private: written(person.id, &before), ..Effects::default() }).await?;
            *rows = before;
            Ok(if error == GatewayError::EmailTaken { Making::Taken } else { Making::Failed(error) })
        }
    }
}

fn new_account(profile: &Profile, mapping: &Mapping, rows: &AccountState) -> NewRemoteAccount {
    NewRemoteAccount {
        email: mapping.email.clone(),
        first_name: remote_name(profile.first_name.as_deref(), "Portcullis"),
        last_name: remote_name(profile.last_name.as_deref(), "User"),
        password: mapping.password.clone(),
        roles: rows.recovery.clone().unwrap_or_default(),
    }
}

/// Asks for the account; once more without the roles that are no more, when it was refused and there are such.
async fn ask(job: &Job<'_>, account: NewRemoteAccount) -> Result<Result<Created, GatewayError>, StepError> {
    let refused = match job.gateway().create(&account).await {
        Err(refused @ GatewayError::Rejected(_)) if !account.roles.is_empty() => refused,
        answer => return Ok(answer),
    };
    job.hold().await?;
    let known = match job.gateway().roles().await {
        Ok(known) => known,
        // Reading makes no account, whatever it failed of.
        Err(GatewayError::Ambiguous) => return Ok(Err(refused)),
        Err(error) => return Ok(Err(error)),
    };
    let (roles, gone): (Vec<_>, Vec<_>) =
        account.roles.iter().cloned().partition(|role| known.iter().any(|known| known.id == *role));
    if gone.is_empty() {
        return Ok(Err(refused));
    }
    job.hold().await?;
    Ok(job.gateway().create(&NewRemoteAccount { roles, ..account }).await)
}

/// The id of the account just made, which 3dEye left out of its answer. It may not be visible yet.
async fn id_of(job: &Job<'_>, email: &EmailAddress) -> Result<Option<ThreeDEyeUserId>, StepError> {
    job.hold().await?;
    Ok(job.gateway().find_by_email(email).await.ok().flatten().map(|found| found.id))
}

/// A name as 3dEye takes it: something, and not too long.
fn remote_name(name: Option<&str>, otherwise: &str) -> String {
    let name = name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(otherwise);
    name.chars().take(REMOTE_NAME).collect()
}
