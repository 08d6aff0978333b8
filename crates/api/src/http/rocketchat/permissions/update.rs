//! `POST /api/v1/permissions.update`

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use portcullis_domain::permission::{ChangedRoles, PermissionRefusal, UpdatePermissions};
use portcullis_domain::policy::{self, Action, Resource, allows};
use portcullis_domain::user::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Permission;
use crate::app::App;
use crate::http::rocketchat::body::{Body, Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure, ForbiddenBody, Refusal};
use crate::http::rocketchat::session::Session;

const SCHEMA: Schema = Schema { required: &["permissions"], fields: &[("permissions", Kind::Objects)], open: false };

/// A permission with the roles that are to have it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PermissionChange)]
struct Entry {
    #[serde(rename = "_id")]
    #[schema(example = "create-user")]
    id: String,
    /// All the roles that are to have it: `admin`, `user`, `bot`.
    #[schema(example = json!(["admin", "user"]))]
    roles: Vec<String>,
}

/// What is to change; permissions not named stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdatePermissions)]
pub(super) struct Change {
    permissions: Vec<Entry>,
}

impl TryFrom<Change> for UpdatePermissions {
    type Error = Failure;

    fn try_from(change: Change) -> Result<Self, Failure> {
        let mut permissions = ChangedRoles::new();
        for Entry { id, roles } in change.permissions {
            let permission = policy::Permission::parse(&id)
                .map_err(|_| Failure::refused("error-invalid-permission", "Invalid permission"))?;
            let roles: Option<BTreeSet<Role>> = roles.iter().map(|role| Role::parse(role)).collect();
            let roles = roles.ok_or_else(|| Failure::refused("error-invalid-role", "Invalid role"))?;
            if permissions.insert(permission, roles).is_some() {
                return Err(Failure::invalid("permissions must NOT have a permission twice"));
            }
        }
        Ok(Self { permissions })
    }
}

impl Refusal for PermissionRefusal {
    fn failure(self) -> Failure {
        Failure::refused("error-action-not-allowed", &self.to_string())
    }
}

/// The whole table as it is now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermissionsUpdated)]
pub(super) struct Answered {
    permissions: Vec<Permission>,
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

/// Change what roles permit
///
/// At once, and for sessions that are there too. Permissions that are not named stay as they are, so that a repeat
/// changes nothing.
///
/// Needs the permission `access-permissions`. The role `admin` cannot lose `access-permissions`, `assign-admin-role`
/// or `edit-other-user-info`, so that somebody can always give the others back.
#[utoipa::path(
    post,
    path = "/api/v1/permissions.update",
    operation_id = "updatePermissions",
    tag = "Permissions",
    request_body(content((Change = "application/json"))),
    responses(
        (status = 200, description = "Changed, or as it was", body = Answered),
        (status = 400, description = "No such permission or role, or administrators would lose what they need", body = ErrorBody),
        (status = 403, description = "The caller may not", body = ForbiddenBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, session: Session, body: Body) -> Result<Json<Answered>, Failure> {
    let caller = &session.request.caller;
    // Who may not at all is told so before the values are looked at.
    allows(caller, Action::ManagePermissions, Resource::Service).map_err(|_| Failure::forbidden())?;
    let command = body.read::<Change>(&SCHEMA)?.try_into()?;
    let changed = app.cases.permissions.change.execute(&session.request, command).await;
    changed.map_err(|error| Failure::of(error, Failure::forbidden))?;
    let listed = app.cases.permissions.list.execute(caller, None).await;
    let listed = listed.map_err(|error| Failure::of(error, Failure::forbidden))?;
    Ok(Json(Answered { permissions: listed.into_iter().map(Permission::from).collect(), success: true }))
}
