//! How events about locks change the views.

use super::LockView;
use crate::event::{Envelope, Event};
use crate::projection::ViewChange;

pub(crate) fn project(envelope: &Envelope) -> Vec<ViewChange> {
    match &envelope.event {
        Event::LockCreated(created) => vec![ViewChange::Lock(LockView {
            lock: created.lock_id.clone(),
            org: created.org_id.clone(),
            name: created.name.clone(),
            owner: created.owner_id,
            created_at: envelope.timestamp,
        })],
        _ => Vec::new(),
    }
}
