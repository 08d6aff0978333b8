//! What roles permit.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, permission};

use crate::app::{Ports, Settings};

/// What roles permit.
pub struct Permissions {
    pub list: permission::ListPermissions,
    pub change: permission::ChangePermissions,
}

impl Permissions {
    pub(super) fn new(commands: &Commands, ports: &Ports, settings: &Settings) -> Self {
        let permissions = || Arc::clone(&ports.permissions);
        Self {
            list: permission::ListPermissions::new(permissions()),
            change: permission::ChangePermissions::new(commands.clone(), permissions(), settings.default_org.clone()),
        }
    }
}
