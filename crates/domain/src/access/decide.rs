//! The rules of granting and taking away.

use super::{AccessLevel, AccessRefusal, AccessibleLockAdded, AccessibleLockRemoved, Grant, GrantState, Window};
use crate::clock::Timestamp;
use crate::event::Event;
use crate::ids::{LockId, UserId};
use crate::text::FreeText;

/// Why a grant leaves when its window is over.
pub const WINDOW_ENDED: &str = "validity window ended";

/// Puts a lock on a person's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddAccessibleLock {
    /// The person.
    pub user: UserId,
    /// The lock.
    pub lock: LockId,
    /// The name to show it with.
    pub lock_name: FreeText,
    /// The label to show it with.
    pub access_level: AccessLevel,
    /// Who grants it, as the caller says.
    pub granted_by: FreeText,
    /// When it counts.
    pub window: Window,
}

/// Takes a lock off a person's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveAccessibleLock {
    /// The person.
    pub user: UserId,
    /// The lock.
    pub lock: LockId,
    /// Who removes it, as the caller says.
    pub removed_by: FreeText,
    /// Why.
    pub reason: FreeText,
}

/// Decides whether a lock may be added. `existing` is the row there is, expired or not: an expired one leaves first, by
/// an event of its own in the same commit.
pub fn add(command: &AddAccessibleLock, existing: Option<&Grant>, now: Timestamp) -> Result<Vec<Event>, AccessRefusal> {
    if command.window.until().is_some_and(|until| until <= now) {
        return Err(AccessRefusal::WindowOver);
    }
    let mut events = Vec::with_capacity(2);
    if let Some(grant) = existing {
        match (grant.state(now), grant.window.until()) {
            (GrantState::Expired, Some(until)) => events.push(expiry(command.user, grant.lock.clone(), until)),
            _ => return Err(AccessRefusal::AlreadyGranted),
        }
    }
    events.push(
        AccessibleLockAdded {
            user_id: command.user,
            lock_id: command.lock.clone(),
            lock_name: command.lock_name.clone(),
            access_level: command.access_level,
            granted_by: command.granted_by.clone(),
            valid_from: command.window.from(),
            valid_until: command.window.until(),
        }
        .into(),
    );
    Ok(events)
}

/// Decides whether a lock may be taken away. An expired grant counts as absent.
pub fn remove(
    command: &RemoveAccessibleLock,
    existing: Option<&Grant>,
    now: Timestamp,
) -> Result<Vec<Event>, AccessRefusal> {
    match existing.map(|grant| grant.state(now)) {
        Some(GrantState::Active | GrantState::Scheduled | GrantState::Suspended) => Ok(vec![
            AccessibleLockRemoved {
                user_id: command.user,
                lock_id: command.lock.clone(),
                removed_by: command.removed_by.clone(),
                reason: command.reason.clone(),
                removed_at: now,
            }
            .into(),
        ]),
        Some(GrantState::Expired) | None => Err(AccessRefusal::NotGranted),
    }
}

/// The events by which all grants leave whose window is over, those over longest first.
pub fn expire(user: UserId, grants: &[Grant], now: Timestamp) -> Vec<Event> {
    let is_over = |grant: &&Grant| grant.state(now) == GrantState::Expired;
    let end = |grant: &Grant| grant.window.until().map(|until| (until, grant.lock.clone()));
    let mut over: Vec<_> = grants.iter().filter(is_over).filter_map(end).collect();
    over.sort();
    over.into_iter().map(|(until, lock)| expiry(user, lock, until)).collect()
}

/// The events by which every grant leaves when its person does: those whose window is over as they leave anyway.
pub fn remove_all(
    user: UserId,
    grants: &[Grant],
    removed_by: &FreeText,
    reason: &FreeText,
    now: Timestamp,
) -> Vec<Event> {
    let mut events = expire(user, grants, now);
    let left = grants.iter().filter(|grant| grant.state(now) != GrantState::Expired);
    events.extend(left.map(|grant| {
        AccessibleLockRemoved {
            user_id: user,
            lock_id: grant.lock.clone(),
            removed_by: removed_by.clone(),
            reason: reason.clone(),
            removed_at: now,
        }
        .into()
    }));
    events
}

/// The event by which an expired grant leaves, whoever comes to write it: `removedAt` is the end of its window, not the
/// time of writing.
fn expiry(user: UserId, lock: LockId, until: Timestamp) -> Event {
    AccessibleLockRemoved {
        user_id: user,
        lock_id: lock,
        removed_by: FreeText::ours("system:expiry"),
        reason: FreeText::ours(WINDOW_ENDED),
        removed_at: until,
    }
    .into()
}
