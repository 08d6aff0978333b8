//! Registering an organisation.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::event::{Actor, StreamId, Version};
use crate::ids::OrgId;
use crate::org::{self, OrgRefusal, Tenant};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{ApiKeys, Unavailable};
use crate::text::{EmailAddress, FreeText};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};

/// What is ordered of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantOrder {
    /// The organisation.
    pub org: OrgId,
    /// Its name.
    pub name: FreeText,
    /// Address of its owner. Kept beside the events, which have the masked form.
    pub owner_email: EmailAddress,
}

/// Registers an organisation: event `TenantRegistered`. One that is registered already is left as is, whatever name and
/// address were sent, and the answer has no event.
pub struct RegisterTenant {
    commands: Commands,
    keys: Arc<dyn ApiKeys>,
}

impl RegisterTenant {
    /// Wires the use case.
    pub fn new(commands: Commands, keys: Arc<dyn ApiKeys>) -> Self {
        Self { commands, keys }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        order: TenantOrder,
    ) -> Result<Outcome<Done>, UseCaseError<OrgRefusal>> {
        self.commands.run(&Registering { keys: self.keys.as_ref(), order }, request).await
    }
}

struct Registering<'a> {
    keys: &'a dyn ApiKeys,
    order: TenantOrder,
}

#[async_trait]
impl Command for Registering<'_> {
    type State = Tenant;
    type Refusal = OrgRefusal;

    async fn load(&self) -> Result<Tenant, Unavailable> {
        self.keys.tenant(&self.order.org).await
    }

    fn authorise(&self, caller: &Caller, _: &Tenant) -> Result<Actor, Denied> {
        allows(caller, Action::ManageTenants, Resource::Org(&self.order.org))
    }

    fn version(&self, tenant: &Tenant) -> Version {
        tenant.version
    }

    fn decide(&self, tenant: &Tenant, _now: Timestamp) -> Result<Decision, Against<OrgRefusal>> {
        let TenantOrder { name, owner_email, .. } = self.order.clone();
        Ok(Decision {
            stream: StreamId::from(&tenant.org),
            expected: tenant.version,
            org: tenant.org.clone(),
            reason: None,
            effects: org::register(org::RegisterTenant { org_name: name, owner_email }, tenant),
        })
    }
}
