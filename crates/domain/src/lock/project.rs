//! How events about locks change the views.

use super::{LockView, Maker};
use crate::event::{Envelope, Event};
use crate::projection::ViewChange;

pub(crate) fn project(envelope: &Envelope) -> Vec<ViewChange> {
    match &envelope.event {
        Event::LockCreated(created) => vec![ViewChange::Lock(LockView {
            lock: created.lock_id.clone(),
            org: created.org_id.clone(),
            name: created.name.clone(),
            owner: created.owner_id,
            maker: Maker {
                index: created.index,
                uuid: created.uuid.clone(),
                serial_number: created.serial_number.clone(),
                vendor_name: created.vendor_name.clone(),
            },
            created_at: envelope.timestamp,
        })],
        Event::LockOrganizationSet(set) => {
            vec![ViewChange::LockOrg { lock: set.lock_id.clone(), org: set.org_id.clone() }]
        }
        Event::LockOwnerSet(set) => vec![ViewChange::LockOwner { lock: set.lock_id.clone(), owner: set.user_id }],
        _ => Vec::new(),
    }
}
