//! View changes as rows. A new view: its table in the migration and in `tables.rs`, and an arm here.

use std::collections::{BTreeMap, BTreeSet};

use portcullis_domain::access::GrantView;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::StreamId;
use portcullis_domain::lock::LockView;
use portcullis_domain::org::ApiKeyView;
use portcullis_domain::permission::PermissionView;
use portcullis_domain::projection::ViewChange;
use portcullis_domain::user::{Role, UserView};
use sea_orm::DbBackend;
use serde_json::{Value as Json, json};

use super::camera_roles::CameraRoles;
use super::overlay::Overlay;
use super::past_grants::PastGrants;
use super::relocated::Relocated;
use super::step::{Step, cell, source};
use super::tables::{
    ACCOUNTS, API_KEYS, CAMERA_ROLE_USERS, GRANTS, Kind, LOCKS, PERMISSION_TABLES, PERMISSIONS, STATUS_CHANGES,
    TENANTS, USERS,
};

/// Index of `revoked_at` among the cells of a key.
const REVOKED_AT: usize = 5;
/// Index of `status` among the cells of a person.
const STATUS: usize = 1;

/// What a batch does to the views.
#[derive(Debug, Default)]
pub(in crate::store) struct Views {
    overlay: Overlay,
    /// Grants that left.
    past: PastGrants,
    /// Locks in the table already that change hands.
    relocated: Relocated,
    /// Camera roles that are deleted.
    camera_roles: CameraRoles,
    /// Keys revoked that are in the table already: no whole rows, as are those above and below.
    revoked: BTreeMap<String, i64>,
    /// Statuses of people who are in the table already.
    statuses: BTreeMap<String, &'static str>,
}

pub(in crate::store) fn micros(at: Option<Timestamp>) -> Json {
    at.map_or(Json::Null, |at| at.unix_micros().into())
}

fn roles(roles: &BTreeSet<Role>) -> Json {
    let words: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    json!(words.join(","))
}

impl Views {
    pub(in crate::store) fn apply(&mut self, change: ViewChange) {
        let overlay = &mut self.overlay;
        match change {
            ViewChange::User(user) => self.user(&user),
            ViewChange::UserStatus { user, status } => {
                let key = [user.to_string()];
                if let Some(cells) = overlay.pending(&USERS, &key) {
                    cells[STATUS] = json!(status.as_str());
                } else {
                    let [user] = key;
                    self.statuses.insert(user, status.as_str());
                }
            }
            ViewChange::StatusChange(change) => overlay.put(
                &STATUS_CHANGES,
                vec![change.user.to_string(), change.version.to_string()],
                vec![json!(change.at.unix_micros()), json!(change.status.as_str())],
            ),
            ViewChange::Account(account) => {
                let is_admin = account.roles.contains(&Role::Admin);
                let cells = vec![roles(&account.roles), json!(is_admin)];
                overlay.put(&ACCOUNTS, vec![account.user.to_string()], cells);
            }
            ViewChange::AccountGone(user) => overlay.delete(&ACCOUNTS, vec![user.to_string()]),
            ViewChange::Grant(view) => self.grant(&view),
            ViewChange::GrantGone { user, lock, version, removed_at } => {
                let key = vec![user.to_string(), lock.as_str().to_owned()];
                self.past.add(&key, version, removed_at, overlay.made(&GRANTS, &key));
                overlay.delete(&GRANTS, key);
            }
            ViewChange::Lock(lock) => self.lock(&lock),
            ViewChange::LockOrg { lock, org } => self.relocated.org(overlay, lock.as_str(), &json!(org)),
            ViewChange::LockOwner { lock, owner } => self.relocated.owner(overlay, lock.as_str(), &json!(owner)),
            ViewChange::Tenant(tenant) => overlay.put(
                &TENANTS,
                vec![tenant.org.as_str().to_owned()],
                vec![json!(tenant.name), json!(tenant.created_at.unix_micros())],
            ),
            ViewChange::ApiKey(key) => self.api_key(&key),
            ViewChange::ApiKeyRevoked { prefix, at } => {
                let key = [prefix.as_str().to_owned()];
                if let Some(cells) = overlay.pending(&API_KEYS, &key) {
                    cells[REVOKED_AT] = json!(at.unix_micros());
                } else {
                    let [prefix] = key;
                    self.revoked.insert(prefix, at.unix_micros());
                }
            }
            ViewChange::PermissionTable(table) => overlay.put(
                &PERMISSION_TABLES,
                vec![StreamId::permissions().id().to_owned()],
                vec![json!(table.org), json!(table.created_at.unix_micros())],
            ),
            ViewChange::Permission(PermissionView { permission, roles: of, updated_at }) => overlay.put(
                &PERMISSIONS,
                vec![permission.as_str().to_owned()],
                vec![roles(&of), json!(updated_at.unix_micros())],
            ),
            ViewChange::CameraRole(role) => self.camera_roles.put(overlay, &role),
            ViewChange::CameraRoleUser(member) => CameraRoles::put_user(overlay, &member),
            ViewChange::CameraRoleUserGone { role, user } => {
                overlay.delete(&CAMERA_ROLE_USERS, vec![role.as_str().to_owned(), user.to_string()]);
            }
            ViewChange::CameraRoleDeleted(role) => self.camera_roles.delete(overlay, &role),
        }
    }

    fn user(&mut self, user: &UserView) {
        let key = user.user.to_string();
        self.statuses.remove(&key);
        let cells = vec![json!(user.org), json!(user.status.as_str()), json!(user.created_at.unix_micros())];
        self.overlay.put(&USERS, vec![key], cells);
    }

    fn grant(&mut self, view: &GrantView) {
        let grant = &view.grant;
        self.overlay.put(
            &GRANTS,
            vec![view.user.to_string(), grant.lock.as_str().to_owned()],
            vec![
                json!(grant.lock_name),
                json!(grant.access_level.as_str()),
                json!(grant.granted_by),
                micros(grant.window.from()),
                micros(grant.window.until()),
                json!(grant.granted_at.unix_micros()),
            ],
        );
    }

    fn lock(&mut self, lock: &LockView) {
        let id = lock.lock.as_str();
        self.relocated.forget(id);
        self.overlay.put(
            &LOCKS,
            vec![id.to_owned()],
            vec![
                json!(lock.org),
                json!(lock.owner),
                json!(lock.name),
                json!(lock.created_at.unix_micros()),
                json!(lock.maker.index),
                json!(lock.maker.uuid),
                json!(lock.maker.serial_number),
                json!(lock.maker.vendor_name),
            ],
        );
    }

    fn api_key(&mut self, key: &ApiKeyView) {
        self.revoked.remove(key.prefix.as_str());
        self.overlay.put(
            &API_KEYS,
            vec![key.prefix.as_str().to_owned()],
            vec![
                json!(key.org),
                json!(key.is_super),
                json!(key.created_at.unix_micros()),
                json!(key.created_by),
                micros(key.expires_at),
                micros(key.revoked_at),
            ],
        );
    }

    pub(in crate::store) fn steps(self, backend: DbBackend) -> Vec<Step> {
        // Before the rows it copies are deleted.
        let mut steps: Vec<Step> = self.past.step(backend).into_iter().collect();
        steps.extend(self.camera_roles.steps(backend));
        steps.extend(self.overlay.steps(backend));
        steps.extend(self.relocated.step(backend));
        if !self.revoked.is_empty() {
            let rows = self.revoked.into_iter().map(|(prefix, at)| vec![json!(prefix), json!(at)]);
            steps.push(Step::over(revoke_sql(backend), rows.collect()));
        }
        if !self.statuses.is_empty() {
            let rows = self.statuses.into_iter().map(|(user, status)| vec![json!(user), json!(status)]);
            steps.push(Step::over(status_sql(backend), rows.collect()));
        }
        steps
    }
}

pub(super) fn revoke_sql(backend: DbBackend) -> String {
    format!(
        "UPDATE view_api_keys SET revoked_at = {} FROM {} WHERE prefix = {}",
        cell(backend, 1, Kind::Int),
        source(backend),
        cell(backend, 0, Kind::Text)
    )
}

pub(super) fn status_sql(backend: DbBackend) -> String {
    format!(
        "UPDATE view_users SET status = {} FROM {} WHERE user_id = {}",
        cell(backend, 1, Kind::Text),
        source(backend),
        cell(backend, 0, Kind::Text)
    )
}
