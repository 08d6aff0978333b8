//! Revoking an organisation's key.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::event::{Actor, StreamId, Version};
use crate::ids::{ApiKeyPrefix, OrgId};
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
        let Some(key) = self.keys.find(&prefix).await? else {
            allows(&request.caller, Action::ManageApiKeys, Resource::Service)?;
            return Err(UseCaseError::Refused { refusal: OrgRefusal::NoSuchKey, replayed: None });
        };
        let revoking = Revoking { keys: self.keys.as_ref(), org: key.view.org, prefix, reason };
        self.commands.run(&revoking, request).await
    }
}

struct Revoking<'a> {
    keys: &'a dyn ApiKeys,
    org: OrgId,
    prefix: ApiKeyPrefix,
    reason: Option<FreeText>,
}

#[async_trait]
impl Command for Revoking<'_> {
    type State = Tenant;
    type Refusal = OrgRefusal;

    async fn load(&self) -> Result<Tenant, Unavailable> {
        self.keys.tenant(&self.org).await
    }

    fn authorise(&self, caller: &Caller, _: &Tenant) -> Result<Actor, Denied> {
        allows(caller, Action::ManageApiKeys, Resource::Org(&self.org))
    }

    fn version(&self, tenant: &Tenant) -> Version {
        tenant.version
    }

    fn decide(&self, tenant: &Tenant, now: Timestamp) -> Result<Decision, Against<OrgRefusal>> {
        Ok(Decision {
            stream: StreamId::from(&self.org),
            expected: tenant.version,
            org: self.org.clone(),
            reason: self.reason.clone(),
            effects: org::revoke_key(&self.prefix, tenant, now)?,
        })
    }
}
