//! Revoking an organisation's key.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::event::{Actor, StreamId, Version};
use crate::ids::ApiKeyPrefix;
use crate::org::{self, OrgRefusal, Tenant};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{ApiKeys, Unavailable};
use crate::text::FreeText;
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};

/// Revokes a key for good: event `ApiKeyRevoked`. It is refused on every process as soon as this is answered.
///
/// Refused: [`OrgRefusal::NoSuchKey`].
pub struct RevokeApiKey {
    commands: Commands,
    keys: Arc<dyn ApiKeys>,
}

impl RevokeApiKey {
    /// Wires the use case.
    pub fn new(commands: Commands, keys: Arc<dyn ApiKeys>) -> Self {
        Self { commands, keys }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        prefix: ApiKeyPrefix,
        reason: Option<FreeText>,
    ) -> Result<Outcome<Done>, UseCaseError<OrgRefusal>> {
        let revoking = Revoking { keys: self.keys.as_ref(), prefix, reason };
        self.commands.run(&revoking, request).await
    }
}

struct Revoking<'a> {
    keys: &'a dyn ApiKeys,
    prefix: ApiKeyPrefix,
    reason: Option<FreeText>,
}

#[async_trait]
impl Command for Revoking<'_> {
    /// The organisation of the key, if there is such a key.
    type State = Option<Tenant>;
    type Refusal = OrgRefusal;

    async fn load(&self) -> Result<Option<Tenant>, Unavailable> {
        match self.keys.find(&self.prefix).await? {
            Some(key) => Ok(Some(self.keys.tenant(&key.view.org).await?)),
            None => Ok(None),
        }
    }

    fn authorise(&self, caller: &Caller, tenant: &Option<Tenant>) -> Result<Actor, Denied> {
        let resource = tenant.as_ref().map_or(Resource::Service, |tenant| Resource::Org(&tenant.org));
        allows(caller, Action::ManageApiKeys, resource)
    }

    fn version(&self, tenant: &Option<Tenant>) -> Version {
        tenant.as_ref().map(|tenant| tenant.version).unwrap_or_default()
    }

    fn decide(&self, tenant: &Option<Tenant>, now: Timestamp) -> Result<Decision, Against<OrgRefusal>> {
        let tenant = tenant.as_ref().ok_or(OrgRefusal::NoSuchKey)?;
        Ok(Decision {
            stream: StreamId::from(&tenant.org),
            expected: tenant.version,
            org: tenant.org.clone(),
            reason: self.reason.clone(),
            effects: org::revoke_key(&self.prefix, tenant, now)?,
        })
    }
}
