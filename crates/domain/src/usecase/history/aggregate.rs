//! One aggregate as it stands now, with how it came to be so.

use std::convert::Infallible;
use std::sync::Arc;

use crate::access::Grant;
use crate::camera_role::CameraRole;
use crate::event::{AggregateKind, Envelope, StreamId, Version};
use crate::ids::{CameraRoleId, LockId, OrgId, UserId};
use crate::lock::LockDetails;
use crate::org::Tenant;
use crate::permission::PermissionTable;
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::{
    ApiKeys, CameraRoles, EventStore, LockAccess, Permissions, Unavailable, UserRepository, VersionRange,
};
use crate::usecase::UseCaseError;
use crate::user::Person;

/// Rounds before giving up: in each but the last the person changed while it was read.
const ROUNDS: u32 = 8;

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
    Lock(LockDetails),
    /// An organisation.
    Tenant(Tenant),
    /// The permission table.
    PermissionTable(PermissionTable),
    /// A camera role.
    CameraRole(CameraRole),
}

/// State and events of one aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeAggregate {
    /// The state; none when the views know nothing of it.
    pub state: Option<AggregateState>,
    /// The first of the events the state came from, in version order.
    pub events: Vec<Envelope>,
    /// Version of the state: how many events it came from. Without a state, that of the last event here.
    pub version: Version,
}

/// Reads one aggregate whole. Unknown aggregate: `NotFound`. One that changes all the time while it is read: `Conflict`.
pub struct ReadAggregate {
    events: Arc<dyn EventStore>,
    users: Arc<dyn UserRepository>,
    locks: Arc<dyn LockAccess>,
    keys: Arc<dyn ApiKeys>,
    permissions: Arc<dyn Permissions>,
    camera_roles: Arc<dyn CameraRoles>,
}

impl ReadAggregate {
    /// Wires the use case.
    pub fn new(
        events: Arc<dyn EventStore>,
        users: Arc<dyn UserRepository>,
        locks: Arc<dyn LockAccess>,
        keys: Arc<dyn ApiKeys>,
        permissions: Arc<dyn Permissions>,
        camera_roles: Arc<dyn CameraRoles>,
    ) -> Self {
        Self { events, users, locks, keys, permissions, camera_roles }
    }

    /// Reads it, with at most `limit` events from the first on.
    pub async fn execute(
        &self,
        caller: &Caller,
        stream: &StreamId,
        limit: u32,
    ) -> Result<WholeAggregate, UseCaseError<Infallible>> {
        allows(caller, Action::ReadHistory, Resource::Service)?;
        let (state, version) = self.state(stream).await?.unzip();
        // What was written between the two reads is not in the state, and whoever changes what was shown must be refused.
        let range = VersionRange { to: version.unwrap_or(VersionRange::ALL.to), ..VersionRange::ALL };
        let recorded = self.events.load(stream, range, limit).await?;
        let Some(last) = recorded.last() else {
            return Err(UseCaseError::NotFound { stream: stream.clone(), replayed: None });
        };
        let version = version.unwrap_or(last.version);
        let events: Result<Vec<_>, _> = recorded.iter().map(crate::event::Recorded::envelope).collect();
        Ok(WholeAggregate { state, events: events.map_err(Unavailable::new)?, version })
    }

    /// The state with its version.
    async fn state(&self, stream: &StreamId) -> Result<Option<(AggregateState, Version)>, UseCaseError<Infallible>> {
        Ok(match stream.kind() {
            AggregateKind::User => match UserId::parse(stream.id()) {
                Ok(id) => self.person(id).await?,
                Err(_) => None,
            },
            AggregateKind::Lock => {
                let Ok(id) = LockId::parse(stream.id()) else { return Ok(None) };
                self.locks.details(&id).await?.map(|details| {
                    let version = details.lock.version;
                    (AggregateState::Lock(details), version)
                })
            }
            AggregateKind::Tenant => {
                let Ok(id) = OrgId::parse(stream.id()) else { return Ok(None) };
                let tenant = self.keys.tenant(&id).await?;
                let version = tenant.version;
                tenant.name.is_some().then_some((AggregateState::Tenant(tenant), version))
            }
            AggregateKind::PermissionTable if *stream == StreamId::permissions() => {
                let table = self.permissions.table().await?;
                let version = table.version;
                (version > Version::NONE).then_some((AggregateState::PermissionTable(table), version))
            }
            AggregateKind::PermissionTable => None,
            AggregateKind::CameraRole => {
                let Ok(id) = CameraRoleId::parse(stream.id()) else { return Ok(None) };
                self.camera_roles.find(&id).await?.map(|role| {
                    let version = role.version;
                    (AggregateState::CameraRole(role), version)
                })
            }
        })
    }

    /// A person and the grants of the same version, which are two reads.
    async fn person(&self, id: UserId) -> Result<Option<(AggregateState, Version)>, UseCaseError<Infallible>> {
        for _ in 0..ROUNDS {
            let Some(person) = self.users.find(id).await? else { return Ok(None) };
            let Some(list) = self.locks.grants_of(id).await? else { return Ok(None) };
            let version = person.version;
            if list.person.version == version {
                let grants = list.grants.into_iter().map(|(grant, _)| grant).collect();
                return Ok(Some((AggregateState::User { person: Box::new(person), grants }, version)));
            }
        }
        Err(UseCaseError::Conflict)
    }
}
