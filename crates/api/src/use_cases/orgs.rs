//! Organisations and their keys.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, org};

use crate::app::Ports;

/// Organisations and their keys.
pub struct Orgs {
    pub register: org::RegisterTenant,
    pub list_tenants: org::ListTenants,
    pub create_key: org::CreateApiKey,
    pub list_keys: org::ListApiKeys,
    pub rotate_key: org::RotateApiKey,
    pub revoke_key: org::RevokeApiKey,
    /// Shared by whoever verifies keys and whoever writes it down.
    pub key_use: Arc<org::RecordKeyUse>,
}

impl Orgs {
    pub(super) fn new(commands: &Commands, ports: &Ports) -> Self {
        let commands = || commands.clone();
        let keys = || Arc::clone(&ports.api_keys);
        let hasher = || Arc::clone(&ports.hasher);
        Self {
            register: org::RegisterTenant::new(commands(), keys()),
            list_tenants: org::ListTenants::new(keys(), Arc::clone(&ports.clock)),
            create_key: org::CreateApiKey::new(commands(), keys(), hasher()),
            list_keys: org::ListApiKeys::new(keys()),
            rotate_key: org::RotateApiKey::new(commands(), keys(), hasher()),
            revoke_key: org::RevokeApiKey::new(commands(), keys()),
            key_use: Arc::new(org::RecordKeyUse::new(commands())),
        }
    }
}
