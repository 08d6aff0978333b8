//! How events about access change the views.

use super::{AccessibleLockAdded, AccessibleLockRemoved, Grant, GrantView, Window};
use crate::event::{Envelope, Event};
use crate::projection::ViewChange;

pub(crate) fn project(envelope: &Envelope) -> Vec<ViewChange> {
    match &envelope.event {
        Event::AccessibleLockAdded(added) => vec![ViewChange::Grant(granted(added, envelope))],
        Event::AccessibleLockRemoved(AccessibleLockRemoved { user_id, lock_id, removed_at, .. }) => {
            vec![ViewChange::GrantGone {
                user: *user_id,
                lock: lock_id.clone(),
                version: envelope.version,
                removed_at: *removed_at,
            }]
        }
        _ => Vec::new(),
    }
}

pub(crate) fn granted(added: &AccessibleLockAdded, envelope: &Envelope) -> GrantView {
    GrantView {
        user: added.user_id,
        grant: Grant {
            lock: added.lock_id.clone(),
            lock_name: added.lock_name.clone(),
            access_level: added.access_level,
            granted_by: added.granted_by.clone(),
            window: Window::recorded(added.valid_from, added.valid_until),
            granted_at: envelope.timestamp,
        },
    }
}
