//! Keys of organisations.

use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::StreamId;
use portcullis_domain::ids::{ApiKeyPrefix, OrgId};
use portcullis_domain::org::{CreateApiKey, KeptKey, Tenant, create_key};
use portcullis_domain::port::EventStore;

use super::{CommitBuilder, NOON, a_commit, a_key_prefix, free, version_of};

/// A key of an organisation, which is registered with it when need be.
pub fn a_key(org: &OrgId) -> KeyBuilder {
    let command = CreateApiKey {
        org_name: Some(free("Acme Ltd")),
        key: KeptKey { prefix: a_key_prefix(), hash: [7; 32], last_four: "Wxyz".to_owned() },
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
        self.command.key.hash = hash;
        self
    }

    /// Allowed to act for every organisation.
    #[must_use]
    pub fn super_key(mut self) -> Self {
        self.command.is_super = true;
        self
    }

    /// With this public part.
    #[must_use]
    pub fn prefix(mut self, prefix: ApiKeyPrefix) -> Self {
        self.command.key.prefix = prefix;
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

    /// The commit that makes the key.
    pub async fn commit(self, store: &dyn EventStore) -> CommitBuilder {
        let stream = StreamId::from(&self.org);
        let version = version_of(store, &stream).await;
        let registered = version.number() > 0;
        let name = registered.then(|| free("Acme Ltd"));
        let tenant = Tenant { org: self.org.clone(), version, name, keys: Vec::new() };
        let effects = create_key(self.command, &tenant, self.at).expect("the test builds a key that may be made");
        a_commit().on(stream, version).of(self.org).effects(effects).at(self.at)
    }

    /// Writes the key.
    pub async fn put(self, store: &dyn EventStore) -> ApiKeyPrefix {
        let prefix = self.command.key.prefix.clone();
        self.commit(store).await.put(store).await;
        prefix
    }
}
