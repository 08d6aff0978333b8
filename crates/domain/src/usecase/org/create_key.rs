//! Making an organisation's key.

use std::sync::Arc;

use async_trait::async_trait;

use super::NewApiKey;
use super::new_key::{draw, kept, tell, told};
use crate::clock::Timestamp;
use crate::event::{Actor, StreamId, Version};
use crate::ids::OrgId;
use crate::org::{self, ApiKeyText, OrgRefusal, Tenant};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{ApiKeys, Hasher, Unavailable};
use crate::text::FreeText;
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Outcome, Request, UseCaseError};

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

/// Makes a key: events `TenantRegistered` (for a new organisation whose name is given) and `ApiKeyCreated`. A repeat of
/// the request is shown the same key.
///
/// Refused: [`OrgRefusal::ActiveKeyExists`], [`OrgRefusal::AlreadyExpired`], [`OrgRefusal::NotRegistered`].
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
    pub async fn execute(
        &self,
        request: &Request,
        order: KeyOrder,
    ) -> Result<Outcome<NewApiKey>, UseCaseError<OrgRefusal>> {
        let creating = Creating { case: self, order };
        let telling = self.commands.run_telling(&creating, request, |settled| {
            let situation = settled.state;
            let name = situation.tenant.name.as_ref().or(creating.order.org_name.as_ref());
            tell(settled, &situation.key, name)
        });
        Ok(told(telling.await?)?)
    }
}

struct Creating<'a> {
    case: &'a CreateApiKey,
    order: KeyOrder,
}

struct Situation {
    tenant: Tenant,
    /// The key to be made, another one each time.
    key: ApiKeyText,
}

#[async_trait]
impl Command for Creating<'_> {
    type State = Situation;
    type Refusal = OrgRefusal;

    async fn load(&self) -> Result<Situation, Unavailable> {
        let keys = self.case.keys.as_ref();
        let key = draw(keys, self.case.commands.entropy.as_ref()).await?;
        Ok(Situation { tenant: keys.tenant(&self.order.org).await?, key })
    }

    fn authorise(&self, caller: &Caller, _: &Situation) -> Result<Actor, Denied> {
        allows(caller, Action::ManageApiKeys, Resource::Org(&self.order.org))
    }

    fn version(&self, situation: &Situation) -> Version {
        situation.tenant.version
    }

    fn decide(&self, situation: &Situation, now: Timestamp) -> Result<Decision, Against<OrgRefusal>> {
        let order = &self.order;
        let command = org::CreateApiKey {
            org_name: order.org_name.clone(),
            key: kept(&situation.key, self.case.hasher.as_ref()),
            is_super: order.is_super,
            expires_at: order.expires_at,
        };
        Ok(Decision {
            stream: StreamId::from(&order.org),
            expected: situation.tenant.version,
            org: order.org.clone(),
            reason: None,
            effects: org::create_key(command, &situation.tenant, now)?,
        })
    }

    fn is_fault(refusal: &OrgRefusal) -> bool {
        matches!(refusal, OrgRefusal::AlreadyExpired)
    }
}
