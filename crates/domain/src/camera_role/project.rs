//! How events about camera roles change the views.

use super::{CameraRoleStatus, CameraRoleUserView, CameraRoleView};
use crate::event::{Envelope, Event};
use crate::projection::ViewChange;

pub(crate) fn project(envelope: &Envelope) -> Vec<ViewChange> {
    match &envelope.event {
        Event::CameraRoleCreated(created) => vec![ViewChange::CameraRole(CameraRoleView {
            role: created.role_id.clone(),
            org: created.org_id.clone(),
            name: created.name.clone(),
            description: created.description.clone(),
            threedeye_role: created.three_deye_role_id.clone(),
            status: CameraRoleStatus::Active,
            created_at: created.created_at,
        })],
        Event::CameraRoleUserAssigned(assigned) => vec![ViewChange::CameraRoleUser(CameraRoleUserView {
            role: assigned.role_id.clone(),
            user: assigned.user_id,
            threedeye_user: assigned.three_deye_user_id.clone(),
            assigned_at: assigned.assigned_at,
        })],
        Event::CameraRoleUserRemoved(removed) => {
            vec![ViewChange::CameraRoleUserGone { role: removed.role_id.clone(), user: removed.user_id }]
        }
        Event::CameraRoleDeleted(deleted) => vec![ViewChange::CameraRoleDeleted(deleted.role_id.clone())],
        _ => Vec::new(),
    }
}
