//! What an act is about.

use crate::ids::{OrgId, UserId};
use crate::lock::Lock;

/// A lock as policy sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockOwnership<'a> {
    /// The organisation it belongs to.
    pub org: &'a OrgId,
    /// The person who owns it.
    pub owner: Option<UserId>,
}

impl<'a> LockOwnership<'a> {
    /// Whose a lock is.
    pub const fn of(lock: &'a Lock) -> Self {
        Self { org: &lock.org, owner: lock.owner }
    }
}

/// What it is to be done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource<'a> {
    /// A person; the organisation is that of an existing one.
    Person {
        /// The person.
        id: UserId,
        /// The organisation that made the person.
        org: Option<&'a OrgId>,
    },
    /// A lock on a person's list; no ownership = the lock is not registered.
    Grant {
        /// The person.
        person: UserId,
        /// The lock.
        lock: Option<LockOwnership<'a>>,
    },
    /// A lock.
    Lock {
        /// Whose it is; none = the lock is not registered.
        ownership: Option<LockOwnership<'a>>,
        /// Does the calling person have access to it at present?
        accessible: bool,
    },
    /// A camera role; the organisation is that of one there is or was.
    CameraRole(Option<&'a OrgId>),
    /// A person in a camera role; the organisations are those of a role and a person there are.
    CameraRoleMember {
        /// The organisation the role belongs to.
        role: Option<&'a OrgId>,
        /// The organisation that made the person.
        person: Option<&'a OrgId>,
    },
    /// Something of an organisation.
    Org(&'a OrgId),
    /// The service as a whole.
    Service,
}
