//! `POST /camera-roles/{id}/AssignUser`

use axum::extract::State;
use portcullis_domain::event::Event;
use serde::Serialize;
use utoipa::ToSchema;

use super::member::Body;
use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Changed};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// The payload of `CameraRoleUserAssigned`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CameraRoleUserAssigned)]
#[expect(clippy::struct_field_names, reason = "the wire calls them so")]
pub(super) struct Assigned {
    #[schema(example = "lobby-guards")]
    role_id: String,
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    /// The account at 3dEye that was given the role.
    #[schema(example = "2f6c1a5e-8f3c-4a52-9f3b-0d6d3c1b7e11")]
    three_deye_user_id: String,
    /// Milliseconds since 1970.
    #[schema(example = 1_795_256_100_000_i64)]
    assigned_at: i64,
}

/// Put a person into a camera role
///
/// The account at 3dEye is made first if there is none.
///
/// Somebody who is in it stays in it and is given the role at 3dEye once more; the answer then has no event. Whatever
/// becomes of the account, a new one gets the role again; one found to be deleted at 3dEye is made anew at once.
///
/// Allowed: a key of the organisation the role belongs to for people of that organisation, a super key, staff.
#[utoipa::path(
    post,
    path = "/camera-roles/{id}/AssignUser",
    operation_id = "assignCameraRoleUser",
    tag = "Camera roles",
    params(("id" = String, Path, description = "The role", min_length = 1, max_length = 128, example = "lobby-guards")),
    request_body = Body,
    responses(
        (status = 200, description = "The person is in the role", body = Changed<Assigned>),
        (status = 400, description = "The request is malformed, or userId is no user's", body = ErrorBody),
        (status = 404, description = "No such role", body = ErrorBody),
        (status = 409, description = "The person has no address, or its account at 3dEye cannot be used from here, or another call is at work on it", body = ErrorBody),
        (status = 502, description = "3dEye failed; nothing was written, and a repeat is safe", body = ErrorBody),
        (status = 503, description = "3dEye is not configured, or the service cannot answer at present; see Retry-After", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    command: Command,
) -> Result<Answer<Changed<Assigned>>, Problem> {
    let body: Body = command.json()?;
    let (role, user) = body.try_into_member(&id)?;
    let (work, request) = (app.clone(), command.request);
    let assigned =
        app.detached(async move { work.cases.camera_roles.assign.execute(&request, role, user).await }).await;
    let outcome = assigned.map_err(|error| Problem::of(error, &id))?;
    Answer::changed(outcome, |done| {
        Changed::new(done, |event| match event {
            Event::CameraRoleUserAssigned(assigned) => Some(Assigned {
                role_id: assigned.role_id.to_string(),
                user_id: assigned.user_id.to_string(),
                three_deye_user_id: assigned.three_deye_user_id.to_string(),
                assigned_at: assigned.assigned_at.unix_millis(),
            }),
            _ => None,
        })
    })
}
