//! Who may open what.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, access};

use crate::app::Ports;

/// Who may open what.
pub struct Access {
    pub add: access::AddAccessibleLock,
    pub remove: access::RemoveAccessibleLock,
    pub list: access::AccessibleLocks,
}

impl Access {
    pub(super) fn new(commands: &Commands, ports: &Ports) -> Self {
        let locks = || Arc::clone(&ports.locks);
        Self {
            add: access::AddAccessibleLock::new(commands.clone(), locks()),
            remove: access::RemoveAccessibleLock::new(commands.clone(), locks()),
            list: access::AccessibleLocks::new(locks(), Arc::clone(&ports.clock)),
        }
    }
}
