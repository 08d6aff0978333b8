//! `POST /camera-roles/{id}/CreateCameraRole`

use axum::extract::State;
use portcullis_domain::camera_role::CameraRoleCreated;
use portcullis_domain::event::Event;
use portcullis_domain::ids::{CameraRoleId, OrgId};
use portcullis_domain::text::FreeText;
use portcullis_domain::usecase::camera_role::CameraRoleOrder;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Changed};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// The role to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreateCameraRole)]
pub(super) struct Body {
    /// The role; the same as in the path.
    #[schema(value_type = String, min_length = 1, max_length = 128, example = "lobby-guards")]
    role_id: Option<String>,
    /// Its name, here and at 3dEye, where no other role may have it; spaces around it are dropped.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "Lobby guards")]
    name: Option<String>,
    /// What it is for.
    #[schema(min_length = 1, max_length = 500, example = "Everybody at the front desk")]
    description: Option<String>,
    /// The organisation it belongs to; without one that of the key, else the default one.
    #[schema(min_length = 1, max_length = 128, example = "acme")]
    org_id: Option<String>,
}

impl Body {
    fn try_into_order(self, id: &Id) -> Result<CameraRoleOrder, Problem> {
        let mut faults = Faults::default();
        let role = faults.required("id", Some(id.text()), CameraRoleId::parse);
        let named = faults.required("roleId", self.role_id, CameraRoleId::parse);
        if role.is_some() && named.is_some() && role != named {
            faults.note("roleId", "must be the id of the path");
        }
        let name = faults.required("name", self.name, |text| FreeText::parse(text.trim()));
        let description = faults.optional("description", self.description, FreeText::parse);
        let org = faults.optional("orgId", self.org_id, OrgId::parse);
        let (role, name) = faults.check(role.zip(name))?;
        Ok(CameraRoleOrder { role, org, name, description })
    }
}

/// The payload of `CameraRoleCreated`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CameraRoleCreated)]
#[expect(clippy::struct_field_names, reason = "the wire calls them so")]
pub(super) struct Created {
    #[schema(example = "lobby-guards")]
    role_id: String,
    #[schema(example = "Lobby guards")]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Everybody at the front desk")]
    description: Option<String>,
    #[schema(example = "acme")]
    org_id: String,
    /// The role at 3dEye.
    #[schema(example = "5d0c7f6e-1e2b-4c53-9a86-7b7e0a1b2c3d")]
    three_deye_role_id: String,
    /// Milliseconds since 1970.
    #[schema(example = 1_795_256_100_000_i64)]
    created_at: i64,
}

impl From<CameraRoleCreated> for Created {
    fn from(created: CameraRoleCreated) -> Self {
        Self {
            role_id: created.role_id.to_string(),
            name: created.name.to_string(),
            description: created.description.map(|text| text.to_string()),
            org_id: created.org_id.to_string(),
            three_deye_role_id: created.three_deye_role_id.to_string(),
            created_at: created.created_at.unix_millis(),
        }
    }
}

/// Make a camera role
///
/// At 3dEye first and then here; or finds that it is there as wanted.
///
/// A call that was interrupted is repeated as it was: the role is never made twice. A role that 3dEye has under the
/// name already and that was not made by this call is left alone, and the call refused with 409.
///
/// Allowed: a key for its own organisation, a super key, staff.
#[utoipa::path(
    post,
    path = "/camera-roles/{id}/CreateCameraRole",
    operation_id = "createCameraRole",
    tag = "Camera roles",
    params(("id" = String, Path, description = "The role", min_length = 1, max_length = 128, example = "lobby-guards")),
    request_body = Body,
    responses(
        (status = 200, description = "The role was there as wanted; nothing was changed", body = Changed<Created>),
        (status = 201, description = "The role is made", body = Changed<Created>),
        (status = 409, description = "The id is another role's or was a deleted one's, or 3dEye has a role of the name that is not this one, or another call is making it", body = ErrorBody),
        (status = 502, description = "3dEye failed; nothing was written, and a repeat is safe", body = ErrorBody),
        (status = 503, description = "3dEye is not configured, or the service cannot answer at present; see Retry-After", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    command: Command,
) -> Result<Answer<Changed<Created>>, Problem> {
    let body: Body = command.json()?;
    let order = body.try_into_order(&id)?;
    let (work, request) = (app.clone(), command.request);
    let made = app.detached(async move { work.cases.camera_roles.create.execute(&request, order).await }).await;
    let outcome = made.map_err(|error| Problem::of(error, &id))?;
    Answer::made(outcome, |done| {
        Changed::new(done, |event| match event {
            Event::CameraRoleCreated(created) => Some(created.into()),
            _ => None,
        })
    })
}
