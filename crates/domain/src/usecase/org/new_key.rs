//! Keys just made.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::entropy::Entropy;
use crate::event::{Event, Version};
use crate::ids::OrgId;
use crate::org::{ApiKeyText, KeptKey};
use crate::port::{ApiKeys, Hasher, Unavailable};
use crate::text::FreeText;
use crate::usecase::Outcome;
use crate::usecase::command::Settled;

/// A key just made: the only time it is whole, but for repeats of the request that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewApiKey {
    /// The whole key. Written out for one purpose only: the remembered answer, which stores seal.
    #[serde(with = "whole")]
    pub key: ApiKeyText,
    /// Whose key.
    pub org: OrgId,
    /// The name the organisation is registered with.
    pub org_name: FreeText,
    /// When it was made.
    pub created_at: Timestamp,
    /// Id of the credential that made it; never an address.
    pub created_by: String,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// May it act for every organisation?
    pub is_super: bool,
    /// Version of the organisation's stream now.
    pub version: Version,
}

mod whole {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::org::ApiKeyText;

    pub(super) fn serialize<S: Serializer>(key: &ApiKeyText, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(key.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ApiKeyText, D::Error> {
        ApiKeyText::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// What is told of a command that made `key`; none of one that made no key or has no name for the organisation.
pub(super) fn tell<S>(settled: Settled<'_, S>, key: &ApiKeyText, org_name: Option<&FreeText>) -> Option<NewApiKey> {
    let Some(Event::ApiKeyCreated(created)) = settled.done.event else { return None };
    Some(NewApiKey {
        key: key.clone(),
        org: created.org_id,
        org_name: org_name?.clone(),
        created_at: settled.at,
        created_by: settled.actor.id.clone(),
        expires_at: created.expires_at,
        is_super: created.is_super,
        version: settled.done.version,
    })
}

/// The key that was told.
pub(super) fn told(outcome: Outcome<Option<NewApiKey>>) -> Result<Outcome<NewApiKey>, Unavailable> {
    let value = outcome.value.ok_or_else(|| Unavailable::new("the outcome has no key"))?;
    Ok(Outcome { value, replayed: outcome.replayed })
}

/// Draws a key whose public part no key has. Should somebody else draw the same one before it is written, the guard
/// that comes with it is lost, and the command draws again.
pub(super) async fn draw(keys: &dyn ApiKeys, entropy: &dyn Entropy) -> Result<ApiKeyText, Unavailable> {
    loop {
        let key = ApiKeyText::generate(entropy);
        if keys.find(key.prefix()).await?.is_none() {
            return Ok(key);
        }
    }
}

/// What is kept of a key.
pub(super) fn kept(key: &ApiKeyText, hasher: &dyn Hasher) -> KeptKey {
    KeptKey {
        prefix: key.prefix().clone(),
        hash: hasher.digest(key.expose().as_bytes()),
        last_four: key.last_four().to_owned(),
    }
}
