//! Locks, and who may open them.

use portcullis_domain::access::{AccessLevel, AccessibleLockAdded, AccessibleLockRemoved};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::{Event, Version};
use portcullis_domain::ids::{LockId, OrgId, UserId};
use portcullis_domain::lock::{CreateLock, create};
use portcullis_domain::port::EventStore;

use super::{CommitBuilder, NOON, a_commit, a_lock_id, free, org, version_of};

/// A lock of the organisation `default` that nobody owns.
pub fn a_lock() -> LockBuilder {
    let command = CreateLock {
        lock: a_lock_id(),
        org: org("default"),
        name: Some("Front door".to_owned()),
        owner: None,
        index: None,
        uuid: None,
        serial_number: None,
        vendor_name: None,
    };
    LockBuilder { command }
}

/// The event that registers a lock.
pub fn a_lock_event(lock: &LockId) -> Event {
    a_lock().id(lock.clone()).event()
}

/// Builds a lock as [`create`] makes one.
#[derive(Debug, Clone)]
pub struct LockBuilder {
    command: CreateLock,
}

impl LockBuilder {
    /// With this id.
    #[must_use]
    pub fn id(mut self, id: LockId) -> Self {
        self.command.lock = id;
        self
    }

    /// Of this organisation.
    #[must_use]
    pub fn org(mut self, id: &str) -> Self {
        self.command.org = org(id);
        self
    }

    /// With this name, or none.
    #[must_use]
    pub fn name(mut self, name: Option<&str>) -> Self {
        self.command.name = name.map(str::to_owned);
        self
    }

    /// Owned by somebody.
    #[must_use]
    pub fn owner(mut self, owner: UserId) -> Self {
        self.command.owner = Some(owner);
        self
    }

    /// The event that registers it.
    pub fn event(&self) -> Event {
        create(&self.command)
    }

    /// The commit that registers it.
    pub fn commit(&self) -> CommitBuilder {
        let org: OrgId = self.command.org.clone();
        a_commit().on(&self.command.lock, Version::NONE).of(org).event(self.event())
    }

    /// Registers the lock.
    pub async fn put(self, store: &dyn EventStore) -> LockId {
        self.commit().put(store).await;
        self.command.lock
    }
}

/// A lock on a person's list, for good.
pub fn granted(user: UserId, lock: &LockId) -> GrantBuilder {
    let event = AccessibleLockAdded {
        user_id: user,
        lock_id: lock.clone(),
        lock_name: free("Front door"),
        access_level: AccessLevel::User,
        granted_by: free("the test"),
        valid_from: None,
        valid_until: None,
    };
    GrantBuilder { event, at: NOON }
}

/// Builds a grant.
#[derive(Debug, Clone)]
pub struct GrantBuilder {
    event: AccessibleLockAdded,
    at: Timestamp,
}

impl GrantBuilder {
    /// Not before.
    #[must_use]
    pub fn from(mut self, from: Timestamp) -> Self {
        self.event.valid_from = Some(from);
        self
    }

    /// Not from then on.
    #[must_use]
    pub fn until(mut self, until: Timestamp) -> Self {
        self.event.valid_until = Some(until);
        self
    }

    /// Shown with this label.
    #[must_use]
    pub fn level(mut self, level: AccessLevel) -> Self {
        self.event.access_level = level;
        self
    }

    /// Shown with this name.
    #[must_use]
    pub fn lock_name(mut self, name: &str) -> Self {
        self.event.lock_name = free(name);
        self
    }

    /// Granted by somebody.
    #[must_use]
    pub fn by(mut self, who: &str) -> Self {
        self.event.granted_by = free(who);
        self
    }

    /// Granted at this instant.
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.at = at;
        self
    }

    /// The event.
    pub fn event(&self) -> AccessibleLockAdded {
        self.event.clone()
    }

    /// The commit, for a person at this version.
    pub fn commit(&self, expected: Version) -> CommitBuilder {
        a_commit().on(self.event.user_id, expected).event(self.event()).at(self.at)
    }

    /// Writes the grant.
    pub async fn put(self, store: &dyn EventStore) {
        let expected = version_of(store, &self.event.user_id.into()).await;
        self.commit(expected).put(store).await;
    }
}

/// The event by which a lock leaves a person's list at noon.
pub fn removed(user: UserId, lock: &LockId) -> AccessibleLockRemoved {
    AccessibleLockRemoved {
        user_id: user,
        lock_id: lock.clone(),
        removed_by: free("the test"),
        reason: free("moved out"),
        removed_at: NOON,
    }
}

/// Takes a lock off a person's list at an instant.
pub async fn take_away(store: &dyn EventStore, user: UserId, lock: &LockId, at: Timestamp) {
    let expected = version_of(store, &user.into()).await;
    let event = AccessibleLockRemoved { removed_at: at, ..removed(user, lock) };
    a_commit().on(user, expected).event(event).at(at).put(store).await;
}
