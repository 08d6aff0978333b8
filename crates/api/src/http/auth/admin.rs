//! Staff: the admin key, and the domains staff addresses are in.

use std::fmt;
use std::sync::Arc;

use portcullis_domain::port::Hasher;
use portcullis_domain::text::EmailAddress;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// How staff is known.
#[derive(Debug, Clone)]
pub struct AdminSettings {
    /// The key all staff share.
    pub key: SecretString,
    /// Domains of staff addresses, compared exactly and without case.
    pub email_domains: Vec<String>,
}

/// Knows staff.
pub(super) struct Admins {
    hasher: Arc<dyn Hasher>,
    digest: [u8; 32],
    domains: Vec<String>,
}

impl fmt::Debug for Admins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Admins(…)")
    }
}

impl Admins {
    pub(super) fn new(settings: &AdminSettings, hasher: Arc<dyn Hasher>) -> Self {
        let digest = hasher.digest(settings.key.expose_secret().as_bytes());
        let domains = settings.email_domains.iter().map(|domain| domain.to_lowercase()).collect();
        Self { hasher, digest, domains }
    }

    /// Is it the admin key? Digests are compared, so that neither content nor length shows in the time taken.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.hasher.digest(key.as_bytes()).ct_eq(&self.digest).into()
    }

    /// Is the verified address one of staff? Subdomains are other domains.
    pub(super) fn has_domain(&self, address: Option<&EmailAddress>) -> bool {
        address.is_some_and(|address| self.domains.iter().any(|domain| domain == address.domain()))
    }
}
