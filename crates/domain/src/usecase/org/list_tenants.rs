//! Registered organisations.

use std::convert::Infallible;
use std::sync::Arc;

use crate::clock::Clock;
use crate::ids::OrgId;
use crate::org::ListedTenant;
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::ApiKeys;
use crate::usecase::UseCaseError;

/// A page of organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantPage {
    /// The organisations in the order of their ids.
    pub tenants: Vec<ListedTenant>,
    /// What to go on after; none when these are the last.
    pub next: Option<OrgId>,
}

/// Lists organisations.
pub struct ListTenants {
    keys: Arc<dyn ApiKeys>,
    clock: Arc<dyn Clock>,
}

impl ListTenants {
    /// Wires the use case.
    pub fn new(keys: Arc<dyn ApiKeys>, clock: Arc<dyn Clock>) -> Self {
        Self { keys, clock }
    }

    /// Reads a page. One organisation more than asked for is looked for, so that `next` never leads to an empty page.
    pub async fn execute(
        &self,
        caller: &Caller,
        after: Option<OrgId>,
        limit: u32,
    ) -> Result<TenantPage, UseCaseError<Infallible>> {
        allows(caller, Action::ManageTenants, Resource::Service)?;
        let mut tenants = self.keys.tenants(after, limit.saturating_add(1), self.clock.now()).await?;
        let more = tenants.len() > limit as usize;
        tenants.truncate(limit as usize);
        Ok(TenantPage { next: tenants.last().filter(|_| more).map(|last| last.org.clone()), tenants })
    }
}
