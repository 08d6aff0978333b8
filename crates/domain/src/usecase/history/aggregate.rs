//! One aggregate as it stands now, with how it came to be so.

use std::convert::Infallible;
use std::sync::Arc;

use crate::access::Grant;
use crate::event::{AggregateKind, Envelope, StreamId, Version};
use crate::ids::{LockId, OrgId, UserId};
use crate::lock::Lock;
use crate::org::Tenant;
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::{ApiKeys, EventStore, LockAccess, Unavailable, UserRepository, VersionRange};
use crate::usecase::UseCaseError;
use crate::user::Person;

/// What an aggregate is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AggregateState {
    /// A person, with every grant there is, ended ones too as long as their end is not written down.
    User {
        /// The person.
        person: Box<Person>,
        /// The grants in the order they were granted.
        grants: Vec<Grant>,
    },
    /// A lock.
    Lock(Lock),
    /// An organisation.
    Tenant(Tenant),
}

/// State and events of one aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeAggregate {
    /// The state; none when the views know nothing of it.
    pub state: Option<AggregateState>,
    /// The first events, in version order.
    pub events: Vec<Envelope>,
    /// Version of the last event: how many there are.
    pub version: Version,
}

/// Reads one aggregate whole. Unknown aggregate: `NotFound`.
pub struct ReadAggregate {
    events: Arc<dyn EventStore>,
    users: Arc<dyn UserRepository>,
    locks: Arc<dyn LockAccess>,
    keys: Arc<dyn ApiKeys>,
}

impl ReadAggregate {
    /// Wires the use case.
    pub fn new(
        events: Arc<dyn EventStore>,
        users: Arc<dyn UserRepository>,
        locks: Arc<dyn LockAccess>,
        keys: Arc<dyn ApiKeys>,
    ) -> Self {
        Self { events, users, locks, keys }
    }

    /// Reads it, with at most `limit` events from the first on.
    pub async fn execute(
        &self,
        caller: &Caller,
        stream: &StreamId,
        limit: u32,
    ) -> Result<WholeAggregate, UseCaseError<Infallible>> {
        allows(caller, Action::ReadHistory, Resource::Service)?;
        let (state, version) = self.state(stream).await?;
        let recorded = self.events.load(stream, VersionRange::ALL, limit).await?;
        let Some(last) = recorded.last() else {
            return Err(UseCaseError::NotFound { stream: stream.clone(), replayed: None });
        };
        // What was written between the two reads is seen by the second only.
        let version = version.max(last.version);
        let events: Result<Vec<_>, _> = recorded.iter().map(crate::event::Recorded::envelope).collect();
        Ok(WholeAggregate { state, events: events.map_err(Unavailable::new)?, version })
    }

    async fn state(&self, stream: &StreamId) -> Result<(Option<AggregateState>, Version), Unavailable> {
        let nothing = (None, Version::NONE);
        match stream.kind() {
            AggregateKind::User => {
                let Ok(id) = UserId::parse(stream.id()) else { return Ok(nothing) };
                let Some(person) = self.users.find(id).await? else { return Ok(nothing) };
                let grants = self.locks.grants_of(id).await?.map(|list| list.grants).unwrap_or_default();
                let grants = grants.into_iter().map(|(grant, _)| grant).collect();
                let version = person.version;
                Ok((Some(AggregateState::User { person: Box::new(person), grants }), version))
            }
            AggregateKind::Lock => {
                let Ok(id) = LockId::parse(stream.id()) else { return Ok(nothing) };
                let lock = self.locks.lock(&id).await?;
                Ok(lock.map_or(nothing, |lock| (Some(AggregateState::Lock(lock.clone())), lock.version)))
            }
            AggregateKind::Tenant => {
                let Ok(id) = OrgId::parse(stream.id()) else { return Ok(nothing) };
                let tenant = self.keys.tenant(&id).await?;
                let version = tenant.version;
                Ok((tenant.name.is_some().then_some(AggregateState::Tenant(tenant)), version))
            }
        }
    }
}
