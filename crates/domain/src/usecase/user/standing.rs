//! What the commands share that take something away from an account.

use std::collections::BTreeSet;

use super::account;
use crate::event::{Actor, Version};
use crate::ids::UserId;
use crate::policy::{Action, Caller, Denied};
use crate::port::{TotpStore, Unavailable, UserRepository};
use crate::user::{Role, Standing};

/// Each part is guarded by itself: the person by the stream's version, the others by their numbers.
pub(super) async fn load(
    users: &dyn UserRepository,
    factors: &dyn TotpStore,
    user: UserId,
) -> Result<Option<Standing>, Unavailable> {
    let Some(person) = users.find(user).await? else { return Ok(None) };
    let factor = factors.find(user).await?;
    let others = users.administrators_besides(user).await?;
    let (epoch, sessions, factor_revision) = (factor.epoch, factor.sessions, factor.revision);
    Ok(Some(Standing { person, epoch, sessions, factor_revision, others }))
}

pub(super) fn version(standing: Option<&Standing>) -> Version {
    standing.map(|standing| standing.person.version).unwrap_or_default()
}

/// May the caller do this to the account as it is?
pub(super) fn authorise(caller: &Caller, action: Action, standing: Option<&Standing>) -> Result<Actor, Denied> {
    let account = standing.and_then(|standing| standing.person.account.as_ref());
    let none = BTreeSet::<Role>::new();
    account::authorise(caller, action, account.map_or(&none, |(_, roles)| roles))
}
