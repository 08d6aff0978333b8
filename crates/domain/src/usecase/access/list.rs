//! A person's list of locks.

use std::sync::Arc;

use crate::access::{Grant, GrantState};
use crate::clock::Clock;
use crate::event::{StreamId, Version};
use crate::ids::{OrgId, UserId};
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::LockAccess;
use crate::usecase::UseCaseError;

/// Reads a person's list of locks, as it stands now: expired grants are absent.
pub struct AccessibleLocks {
    locks: Arc<dyn LockAccess>,
    clock: Arc<dyn Clock>,
}

/// A person's list of locks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedGrants {
    /// Version of the person's stream.
    pub version: Version,
    /// The grants that are not over.
    pub grants: Vec<ListedGrant>,
}

/// A grant with what it is worth now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedGrant {
    /// The grant.
    pub grant: Grant,
    /// `Active`, `Scheduled` or `Suspended`.
    pub state: GrantState,
}

impl AccessibleLocks {
    /// Wires the use case.
    pub fn new(locks: Arc<dyn LockAccess>, clock: Arc<dyn Clock>) -> Self {
        Self { locks, clock }
    }

    /// Reads it. A key of an organisation other than the person's sees the entries on its own locks only.
    pub async fn execute(
        &self,
        caller: &Caller,
        user: UserId,
    ) -> Result<ListedGrants, UseCaseError<std::convert::Infallible>> {
        allows(caller, Action::ListGrants, Resource::Person { id: user, org: None })?;
        let list = self.locks.grants_of(user).await?;
        let list = list.ok_or(UseCaseError::NotFound { stream: StreamId::from(user), replayed: None })?;
        // Who may see the list for another reason than its key sees all of it.
        let others = Caller { organisation: None, ..caller.clone() };
        let whole = allows(&others, Action::ListGrants, Resource::Person { id: user, org: None }).is_ok()
            || caller.organisation.as_ref().is_some_and(|key| key.is_super || key.org == list.person.org);
        let own = |of_lock: Option<&OrgId>| caller.organisation.as_ref().is_some_and(|key| Some(&key.org) == of_lock);
        let now = self.clock.now();
        let (version, status) = (list.person.version, list.person.status);
        let grants = list
            .grants
            .into_iter()
            .filter(|(_, of_lock)| whole || own(of_lock.as_ref()))
            .map(|(grant, _)| ListedGrant { state: grant.state_for(status, now), grant })
            .filter(|listed| listed.state != GrantState::Expired)
            .collect();
        Ok(ListedGrants { version, grants })
    }
}
