//! Keys of organisations.

use std::sync::Arc;

use portcullis_domain::clock::Clock;
use portcullis_domain::org::ApiKeyText;
use portcullis_domain::policy::OrganisationCaller;
use portcullis_domain::port::{ApiKeys, Hasher};
use portcullis_domain::usecase::org::RecordKeyUse;
use subtle::ConstantTimeEq;

use super::AuthError;
use crate::app::Ports;

const REFUSED: AuthError = AuthError::Invalid("Invalid or revoked API key");

/// Verifies keys of organisations.
pub(super) struct OrganisationKeys {
    keys: Arc<dyn ApiKeys>,
    hasher: Arc<dyn Hasher>,
    clock: Arc<dyn Clock>,
    uses: Arc<RecordKeyUse>,
}

impl OrganisationKeys {
    pub(super) fn new(ports: &Ports, uses: Arc<RecordKeyUse>) -> Self {
        Self {
            keys: Arc::clone(&ports.api_keys),
            hasher: Arc::clone(&ports.hasher),
            clock: Arc::clone(&ports.clock),
            uses,
        }
    }

    /// Malformed, unknown, wrong, revoked and expired keys are told apart by nobody.
    pub(super) async fn verify(&self, text: &str) -> Result<OrganisationCaller, AuthError> {
        let key = ApiKeyText::parse(text).map_err(|_| REFUSED)?;
        let stored = self.keys.find(key.prefix()).await?.ok_or(REFUSED)?;
        let same: bool = self.hasher.digest(key.expose().as_bytes()).ct_eq(&stored.hash).into();
        if same && stored.works(self.clock.now()) {
            let view = stored.view;
            self.uses.note(&view.prefix);
            Ok(OrganisationCaller { org: view.org, key: view.prefix, is_super: view.is_super })
        } else {
            Err(REFUSED)
        }
    }
}
