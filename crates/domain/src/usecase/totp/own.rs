//! What the commands on one's own second factor share.

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::commit::Effects;
use crate::event::{Actor, StreamId, Version};
use crate::ids::UserId;
use crate::policy::{Action, Caller, Denied, OperatorCaller, Resource, allows};
use crate::port::{PersonHead, TotpStore, Unavailable, UserRepository};
use crate::totp::{SecondFactor, TotpRefusal};
use crate::usecase::command::{Against, Command, Decision};

/// The person's stream and second factor.
pub(super) struct OwnState {
    pub(super) person: Option<PersonHead>,
    pub(super) factor: SecondFactor,
}

/// Who is signed in.
pub(super) fn operator(caller: &Caller) -> Result<&OperatorCaller, Denied> {
    caller.operator.as_ref().ok_or(Denied)
}

/// A command on one's own second factor; what it decides is all they differ in.
pub(super) struct OwnCommand<'a, D> {
    pub(super) users: &'a dyn UserRepository,
    pub(super) factors: &'a dyn TotpStore,
    pub(super) user: UserId,
    pub(super) decide: D,
}

#[async_trait]
impl<D> Command for OwnCommand<'_, D>
where
    D: Fn(&SecondFactor, Timestamp) -> Result<Effects, TotpRefusal> + Send + Sync,
{
    type State = OwnState;
    type Refusal = TotpRefusal;

    async fn load(&self) -> Result<OwnState, Unavailable> {
        load(self.users, self.factors, self.user).await
    }

    fn authorise(&self, caller: &Caller, _: &OwnState) -> Result<Actor, Denied> {
        allows(caller, Action::ManageOwnTotp, Resource::Person { id: self.user, org: None })
    }

    fn version(&self, state: &OwnState) -> Version {
        version(state)
    }

    fn decide(&self, state: &OwnState, now: Timestamp) -> Result<Decision, Against<TotpRefusal>> {
        decision(state, (self.decide)(&state.factor, now)?)
    }
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

pub(super) fn version(state: &OwnState) -> Version {
    state.person.as_ref().map(|person| person.version).unwrap_or_default()
}

pub(super) fn decision<R>(state: &OwnState, effects: Effects) -> Result<Decision, Against<R>> {
    let stream = StreamId::from(state.factor.user);
    let Some(person) = &state.person else { return Err(Against::NotFound(stream)) };
    Ok(Decision { stream, expected: person.version, org: person.org.clone(), reason: None, effects })
}
