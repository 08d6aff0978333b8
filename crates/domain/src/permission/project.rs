//! How changes of the permission table change the views.

use super::{PermissionTableView, PermissionView, PermissionsChanged};
use crate::event::{Envelope, Event, Version};
use crate::projection::ViewChange;

pub(crate) fn project(envelope: &Envelope) -> Vec<ViewChange> {
    let Event::PermissionsChanged(PermissionsChanged { permissions }) = &envelope.event else { return Vec::new() };
    let at = envelope.timestamp;
    let is_first = envelope.version == Version::NONE.after(1);
    let table = PermissionTableView { org: envelope.org_id.clone(), created_at: at };
    let table = is_first.then_some(ViewChange::PermissionTable(table));
    let row = |(permission, roles): (&_, &_)| PermissionView {
        permission: *permission,
        roles: Clone::clone(roles),
        updated_at: at,
    };
    table.into_iter().chain(permissions.iter().map(row).map(ViewChange::Permission)).collect()
}
