//! Keys of organisations.

use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::StreamId;
use portcullis_domain::ids::{ApiKeyPrefix, OrgId};
use portcullis_domain::org::{CreateApiKey, Tenant, create_key};
use portcullis_domain::port::EventStore;

use super::{NOON, a_commit, a_key_prefix, free, version_of};

/// A key of an organisation, which is registered with it when need be.
pub fn a_key(org: &OrgId) -> KeyBuilder {
    let command = CreateApiKey {
        org_name: Some(free("Acme Ltd")),
        prefix: a_key_prefix(),
        hash: [7; 32],
        is_super: false,
        expires_at: None,
    };
    KeyBuilder { command, org: org.clone(), at: NOON }
}

/// Builds a key as [`create_key`] makes one.
#[derive(Debug, Clone)]
pub struct KeyBuilder {
    command: CreateApiKey,
    org: OrgId,
    at: Timestamp,
}

impl KeyBuilder {
    /// Kept as this hash.
    #[must_use]
    pub fn hash(mut self, hash: [u8; 32]) -> Self {
        self.command.hash = hash;
        self
    }

    /// Allowed to act for every organisation.
    #[must_use]
    pub fn super_key(mut self) -> Self {
        self.command.is_super = true;
        self
    }

    /// Working until then.
    #[must_use]
    pub fn expires_at(mut self, at: Timestamp) -> Self {
        self.command.expires_at = Some(at);
        self
    }

    /// Made at this instant.
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.at = at;
        self
    }

    /// Writes the key.
    pub async fn put(self, store: &dyn EventStore) -> ApiKeyPrefix {
        let stream = StreamId::from(&self.org);
        let version = version_of(store, &stream).await;
        let registered = version.number() > 0;
        let name = registered.then(|| free("Acme Ltd"));
        let tenant = Tenant { org: self.org.clone(), version, name, keys: Vec::new() };
        let prefix = self.command.prefix.clone();
        let effects = create_key(self.command, &tenant, self.at).expect("the test builds a key that may be made");
        a_commit().on(stream, version).of(self.org).effects(effects).at(self.at).put(store).await;
        prefix
    }
}
