//! Camera roles as rows: a role that is deleted stays, and everybody leaves it.

use std::collections::BTreeSet;

use portcullis_domain::camera_role::{CameraRoleStatus, CameraRoleUserView, CameraRoleView};
use portcullis_domain::ids::CameraRoleId;
use sea_orm::DbBackend;
use serde_json::json;

use super::overlay::Overlay;
use super::step::{Step, cell, source};
use super::tables::{CAMERA_ROLE_USERS, CAMERA_ROLES, Kind};

/// Index of `status` among the cells of a role.
const STATUS: usize = 4;

/// Roles a batch deletes.
#[derive(Debug, Default)]
pub(super) struct CameraRoles {
    /// Those whose people leave, as far as they were in before the batch.
    emptied: BTreeSet<String>,
    /// Those that are in the table already.
    deleted: BTreeSet<String>,
}

impl CameraRoles {
    pub(super) fn put(&mut self, overlay: &mut Overlay, view: &CameraRoleView) {
        let key = view.role.as_str().to_owned();
        self.deleted.remove(&key);
        overlay.put(
            &CAMERA_ROLES,
            vec![key],
            vec![
                json!(view.org),
                json!(view.name),
                json!(view.description),
                json!(view.threedeye_role),
                json!(view.status.as_str()),
                json!(view.created_at.unix_micros()),
            ],
        );
    }

    pub(super) fn put_user(overlay: &mut Overlay, view: &CameraRoleUserView) {
        let key = vec![view.role.as_str().to_owned(), view.user.to_string()];
        overlay.put(&CAMERA_ROLE_USERS, key, vec![json!(view.threedeye_user), json!(view.assigned_at.unix_micros())]);
    }

    pub(super) fn delete(&mut self, overlay: &mut Overlay, role: &CameraRoleId) {
        let key = role.as_str().to_owned();
        overlay.forget_puts(&CAMERA_ROLE_USERS, |row, _| row.first() == Some(&key));
        if let Some(cells) = overlay.pending(&CAMERA_ROLES, std::slice::from_ref(&key)) {
            cells[STATUS] = json!(CameraRoleStatus::Deleted.as_str());
        } else {
            self.deleted.insert(key.clone());
        }
        self.emptied.insert(key);
    }

    /// Runs before what the batch puts: it is about the people there were before.
    pub(super) fn steps(self, backend: DbBackend) -> Vec<Step> {
        let mut steps = Vec::new();
        let rows = |keys: BTreeSet<String>| keys.into_iter().map(|key| vec![json!(key)]).collect();
        if !self.emptied.is_empty() {
            steps.push(Step::over(empty_sql(backend), rows(self.emptied)));
        }
        if !self.deleted.is_empty() {
            steps.push(Step::over(delete_sql(backend), rows(self.deleted)));
        }
        steps
    }
}

pub(super) fn empty_sql(backend: DbBackend) -> String {
    format!(
        "DELETE FROM view_camera_role_users WHERE (role_id, user_id) IN (SELECT m.role_id, m.user_id \
         FROM {} CROSS JOIN view_camera_role_users m WHERE m.role_id = {})",
        source(backend),
        cell(backend, 0, Kind::Text)
    )
}

pub(super) fn delete_sql(backend: DbBackend) -> String {
    format!(
        "UPDATE view_camera_roles SET status = '{}' FROM {} WHERE role_id = {}",
        CameraRoleStatus::Deleted.as_str(),
        source(backend),
        cell(backend, 0, Kind::Text)
    )
}
