//! `POST /camera-roles/{id}/DeleteCameraRole`

use axum::extract::State;
use portcullis_domain::camera_role::DeleteCameraRole;
use portcullis_domain::event::Event;
use portcullis_domain::ids::CameraRoleId;
use portcullis_domain::text::FreeText;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Changed};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// Who deletes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeleteCameraRole)]
pub(super) struct Body {
    /// Who deletes it, kept as sent; the credential that did is recorded beside it.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "front desk")]
    deleted_by: Option<String>,
}

impl Body {
    fn try_into_command(self, id: &Id) -> Result<DeleteCameraRole, Problem> {
        let mut faults = Faults::default();
        let role = faults.required("id", Some(id.text()), CameraRoleId::parse);
        let deleted_by = faults.required("deletedBy", self.deleted_by, FreeText::parse);
        let (role, deleted_by) = faults.check(role.zip(deleted_by))?;
        Ok(DeleteCameraRole { role, deleted_by })
    }
}

/// The payload of `CameraRoleDeleted`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CameraRoleDeleted)]
#[expect(clippy::struct_field_names, reason = "the wire calls them so")]
pub(super) struct Deleted {
    #[schema(example = "lobby-guards")]
    role_id: String,
    #[schema(example = "front desk")]
    deleted_by: String,
    /// Milliseconds since 1970.
    #[schema(example = 1_795_256_100_000_i64)]
    deleted_at: i64,
}

/// Delete a camera role
///
/// For good, at 3dEye first and then here; everybody leaves it with that. Its id is never given again. A second
/// deletion is told 404.
///
/// Allowed: a key of the organisation the role belongs to, a super key, staff.
#[utoipa::path(
    post,
    path = "/camera-roles/{id}/DeleteCameraRole",
    operation_id = "deleteCameraRole",
    tag = "Camera roles",
    params(("id" = String, Path, description = "The role", min_length = 1, max_length = 128, example = "lobby-guards")),
    request_body = Body,
    responses(
        (status = 200, description = "The role is gone", body = Changed<Deleted>),
        (status = 404, description = "No such role", body = ErrorBody),
        (status = 502, description = "3dEye failed; nothing was written, and a repeat is safe", body = ErrorBody),
        (status = 503, description = "3dEye is not configured, or the service cannot answer at present; see Retry-After", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    command: Command,
) -> Result<Answer<Changed<Deleted>>, Problem> {
    let body: Body = command.json()?;
    let delete = body.try_into_command(&id)?;
    let (work, request) = (app.clone(), command.request);
    let deleted = app.detached(async move { work.cases.camera_roles.delete.execute(&request, delete).await }).await;
    let outcome = deleted.map_err(|error| Problem::of(error, &id))?;
    Answer::changed(outcome, |done| {
        Changed::new(done, |event| match event {
            Event::CameraRoleDeleted(deleted) => Some(Deleted {
                role_id: deleted.role_id.to_string(),
                deleted_by: deleted.deleted_by.to_string(),
                deleted_at: deleted.deleted_at.unix_millis(),
            }),
            _ => None,
        })
    })
}
