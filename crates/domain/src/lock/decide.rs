//! The rules about locks.

use super::{Lock, LockCreated, LockOrganizationSet, LockOwnerSet, LockRefusal};
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

/// Gives a lock to an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetOrganization {
    /// The lock.
    pub lock: LockId,
    /// The organisation it is to belong to.
    pub org: OrgId,
}

/// Gives a lock an owner, or takes the owner away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetOwner {
    /// The lock.
    pub lock: LockId,
    /// The person who is to own it; none = nobody.
    pub owner: Option<UserId>,
}

/// Decides on the organisation; none when the lock belongs to it already.
pub fn set_organization(command: &SetOrganization, lock: &Lock) -> Option<Event> {
    (lock.org != command.org)
        .then(|| LockOrganizationSet { lock_id: lock.id.clone(), org_id: command.org.clone() }.into())
}

/// Decides on the owner; none when that is who owns it already. `known`: is the person named anybody?
///
/// An owner need not be active: who is suspended is refused at the door, and owns the lock all the same.
pub fn set_owner(command: &SetOwner, lock: &Lock, known: bool) -> Result<Option<Event>, LockRefusal> {
    if lock.owner == command.owner {
        return Ok(None);
    }
    if command.owner.is_some() && !known {
        return Err(LockRefusal::UnknownUser);
    }
    Ok(Some(LockOwnerSet { lock_id: lock.id.clone(), user_id: command.owner }.into()))
}
