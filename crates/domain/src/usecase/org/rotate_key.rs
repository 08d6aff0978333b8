//! Putting a new key in an old one's place.

use std::sync::Arc;

use async_trait::async_trait;

use super::NewApiKey;
use super::new_key::{draw, kept, tell, told};
use crate::clock::Timestamp;
use crate::event::{Actor, StreamId, Version};
use crate::ids::ApiKeyPrefix;
use crate::org::{self, ApiKeyText, OrgRefusal, Tenant};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{ApiKeys, Hasher, Unavailable};
use crate::text::FreeText;
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Outcome, Request, UseCaseError};

/// Puts a new key in an old one's place: events `ApiKeyRevoked` and `ApiKeyCreated` in one commit. The new key may do as
/// much and lasts as long. The old one is refused on every process as soon as this is answered. A repeat of the request
/// is shown the same key.
///
/// Refused: [`OrgRefusal::NoSuchKey`], [`OrgRefusal::KeyExpired`].
pub struct RotateApiKey {
    commands: Commands,
    keys: Arc<dyn ApiKeys>,
    hasher: Arc<dyn Hasher>,
}

impl RotateApiKey {
    /// Wires the use case.
    pub fn new(commands: Commands, keys: Arc<dyn ApiKeys>, hasher: Arc<dyn Hasher>) -> Self {
        Self { commands, keys, hasher }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        prefix: ApiKeyPrefix,
        reason: Option<FreeText>,
    ) -> Result<Outcome<NewApiKey>, UseCaseError<OrgRefusal>> {
        let rotating = Rotating { case: self, prefix, reason };
        let telling = self.commands.run_telling(&rotating, request, |settled| {
            let situation = settled.state;
            let name = situation.tenant.as_ref().and_then(|tenant| tenant.name.as_ref());
            tell(settled, &situation.key, name)
        });
        Ok(told(telling.await?)?)
    }
}

struct Rotating<'a> {
    case: &'a RotateApiKey,
    prefix: ApiKeyPrefix,
    reason: Option<FreeText>,
}

struct Situation {
    /// The organisation of the key that goes, if there is such a key.
    tenant: Option<Tenant>,
    /// The key that comes, another one each time.
    key: ApiKeyText,
}

#[async_trait]
impl Command for Rotating<'_> {
    type State = Situation;
    type Refusal = OrgRefusal;

    async fn load(&self) -> Result<Situation, Unavailable> {
        let keys = self.case.keys.as_ref();
        let tenant = match keys.find(&self.prefix).await? {
            Some(old) => Some(keys.tenant(&old.view.org).await?),
            None => None,
        };
        Ok(Situation { tenant, key: draw(keys, self.case.commands.entropy.as_ref()).await? })
    }

    fn authorise(&self, caller: &Caller, situation: &Situation) -> Result<Actor, Denied> {
        let resource = situation.tenant.as_ref().map_or(Resource::Service, |tenant| Resource::Org(&tenant.org));
        allows(caller, Action::ManageApiKeys, resource)
    }

    fn version(&self, situation: &Situation) -> Version {
        situation.tenant.as_ref().map(|tenant| tenant.version).unwrap_or_default()
    }

    fn decide(&self, situation: &Situation, now: Timestamp) -> Result<Decision, Against<OrgRefusal>> {
        let tenant = situation.tenant.as_ref().ok_or(OrgRefusal::NoSuchKey)?;
        let new = kept(&situation.key, self.case.hasher.as_ref());
        let command = org::RotateApiKey { old: self.prefix.clone(), new };
        Ok(Decision {
            stream: StreamId::from(&tenant.org),
            expected: tenant.version,
            org: tenant.org.clone(),
            reason: self.reason.clone(),
            effects: org::rotate_key(command, tenant, now)?,
        })
    }
}
