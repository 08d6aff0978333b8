//! Making an organisation's key.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::event::{Actor, StreamId, Version};
use crate::ids::OrgId;
use crate::org::{self, ApiKeyText, OrgRefusal, Tenant};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{ApiKeys, Hasher, Unavailable};
use crate::text::FreeText;
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Request, UseCaseError};

/// What is ordered of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOrder {
    /// Whose key.
    pub org: OrgId,
    /// Name of the organisation; registers it when it is not yet.
    pub org_name: Option<FreeText>,
    /// May it act for every organisation?
    pub is_super: bool,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

/// A key just made: the only time it is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// The whole key.
    pub key: ApiKeyText,
    /// What was done.
    pub done: Done,
}

/// Makes a key: events `TenantRegistered` (for a new organisation) and `ApiKeyCreated`.
///
/// Refused: [`OrgRefusal::ActiveKeyExists`], [`OrgRefusal::AlreadyExpired`], [`OrgRefusal::NameMissing`].
pub struct CreateApiKey {
    commands: Commands,
    keys: Arc<dyn ApiKeys>,
    hasher: Arc<dyn Hasher>,
}

impl CreateApiKey {
    /// Wires the use case.
    pub fn new(commands: Commands, keys: Arc<dyn ApiKeys>, hasher: Arc<dyn Hasher>) -> Self {
        Self { commands, keys, hasher }
    }

    /// Does it.
    pub async fn execute(&self, request: &Request, order: KeyOrder) -> Result<NewApiKey, UseCaseError<OrgRefusal>> {
        let key = ApiKeyText::generate(self.commands.entropy.as_ref());
        let command = org::CreateApiKey {
            org_name: order.org_name,
            prefix: key.prefix().clone(),
            hash: self.hasher.digest(key.expose().as_bytes()),
            is_super: order.is_super,
            expires_at: order.expires_at,
        };
        let creating = Creating { keys: self.keys.as_ref(), org: order.org, command };
        let outcome = self.commands.run(&creating, request).await?;
        Ok(NewApiKey { key, done: outcome.value })
    }
}

struct Creating<'a> {
    keys: &'a dyn ApiKeys,
    org: OrgId,
    command: org::CreateApiKey,
}

#[async_trait]
impl Command for Creating<'_> {
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
            reason: None,
            effects: org::create_key(self.command.clone(), tenant, now)?,
        })
    }
}
