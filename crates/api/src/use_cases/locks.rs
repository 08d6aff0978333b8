//! Locks.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, lock};

use crate::app::{Ports, Settings};

/// Locks.
pub struct Locks {
    pub create: lock::CreateLock,
    pub set_organization: lock::SetLockOrganization,
    pub set_owner: lock::SetLockOwner,
    pub details: lock::ReadLock,
    pub holders: lock::LockHolders,
    pub events: lock::ReadLockEvents,
    pub owned: lock::OwnedLocks,
}

impl Locks {
    pub(super) fn new(commands: &Commands, ports: &Ports, settings: &Settings) -> Self {
        let commands = || commands.clone();
        let locks = || Arc::clone(&ports.locks);
        let users = || Arc::clone(&ports.users);
        Self {
            create: lock::CreateLock::new(commands(), locks(), users(), settings.default_org.clone()),
            set_organization: lock::SetLockOrganization::new(commands(), locks()),
            set_owner: lock::SetLockOwner::new(commands(), locks(), users()),
            details: lock::ReadLock::new(locks(), Arc::clone(&ports.clock)),
            holders: lock::LockHolders::new(locks(), Arc::clone(&ports.clock)),
            events: lock::ReadLockEvents::new(locks(), Arc::clone(&ports.events)),
            owned: lock::OwnedLocks::new(users(), locks()),
        }
    }
}
