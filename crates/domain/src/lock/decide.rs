//! The rules about locks.

use super::LockCreated;
use crate::event::Event;
use crate::ids::{LockId, OrgId, UserId};

/// A lock to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateLock {
    /// The lock.
    pub lock: LockId,
    /// The organisation it belongs to.
    pub org: OrgId,
    /// The name to show it with.
    pub name: Option<String>,
    /// The person who owns it.
    pub owner: Option<UserId>,
    /// The maker's running number.
    pub index: Option<i64>,
    /// The maker's UUID, as sent.
    pub uuid: Option<String>,
    /// The maker's serial number.
    pub serial_number: Option<String>,
    /// The maker.
    pub vendor_name: Option<String>,
}

/// Registers a lock. Whether its id is free is the stream version's business.
pub fn create(command: &CreateLock) -> Event {
    LockCreated {
        lock_id: command.lock.clone(),
        org_id: command.org.clone(),
        name: command.name.clone(),
        owner_id: command.owner,
        index: command.index,
        uuid: command.uuid.clone(),
        serial_number: command.serial_number.clone(),
        vendor_name: command.vendor_name.clone(),
    }
    .into()
}
