//! What the commands on one's own second factor share.

use crate::commit::Effects;
use crate::event::{Actor, StreamId};
use crate::ids::UserId;
use crate::policy::{Action, Caller, Denied, OperatorCaller, Resource, allows};
use crate::port::{PersonHead, TotpStore, Unavailable, UserRepository};
use crate::totp::SecondFactor;
use crate::usecase::command::{Against, Decision};

/// The person's stream and second factor.
pub(super) struct OwnState {
    pub(super) person: Option<PersonHead>,
    pub(super) factor: SecondFactor,
}

/// Who is signed in.
pub(super) fn operator(caller: &Caller) -> Result<&OperatorCaller, Denied> {
    caller.operator.as_ref().ok_or(Denied)
}

pub(super) async fn load(
    users: &dyn UserRepository,
    factors: &dyn TotpStore,
    user: UserId,
) -> Result<OwnState, Unavailable> {
    let person = users.find(user).await?.map(|person| PersonHead {
        id: person.id,
        version: person.version,
        org: person.org,
        status: person.status,
    });
    Ok(OwnState { person, factor: factors.find(user).await? })
}

pub(super) fn authorise(caller: &Caller, user: UserId) -> Result<Actor, Denied> {
    allows(caller, Action::ManageOwnTotp, Resource::Person { id: user, org: None })
}

pub(super) fn decision<R>(state: &OwnState, effects: Effects) -> Result<Decision, Against<R>> {
    let stream = StreamId::from(state.factor.user);
    let Some(person) = &state.person else { return Err(Against::NotFound(stream)) };
    Ok(Decision { stream, expected: person.version, org: person.org.clone(), reason: None, effects })
}
