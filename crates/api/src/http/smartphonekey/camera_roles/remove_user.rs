//! `POST /camera-roles/{id}/RemoveUser`

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

/// The payload of `CameraRoleUserRemoved`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CameraRoleUserRemoved)]
#[expect(clippy::struct_field_names, reason = "the wire calls them so")]
pub(super) struct Removed {
    #[schema(example = "lobby-guards")]
    role_id: String,
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    /// The account at 3dEye that had the role.
    #[schema(example = "2f6c1a5e-8f3c-4a52-9f3b-0d6d3c1b7e11")]
    three_deye_user_id: String,
    /// Milliseconds since 1970.
    #[schema(example = 1_795_256_100_000_i64)]
    removed_at: i64,
}

/// Take a person out of a camera role
///
/// At 3dEye first and then here. The account stays, and so do its other roles.
///
/// A second removal is refused with 400. Somebody who is not in the role here and has it at 3dEye all the same, as
/// after an assignment that was cut off, loses it there; the answer then has no event.
///
/// Allowed: a key of the organisation the role belongs to, a super key, staff.
#[utoipa::path(
    post,
    path = "/camera-roles/{id}/RemoveUser",
    operation_id = "removeCameraRoleUser",
    tag = "Camera roles",
    params(("id" = String, Path, description = "The role", min_length = 1, max_length = 128, example = "lobby-guards")),
    request_body = Body,
    responses(
        (status = 200, description = "The person is out of the role", body = Changed<Removed>),
        (status = 400, description = "The request is malformed, or the person is not in the role", body = ErrorBody),
        (status = 404, description = "No such role", body = ErrorBody),
        (status = 409, description = "Another call is at work on the person's account", body = ErrorBody),
        (status = 502, description = "3dEye failed; nothing was written, and a repeat is safe", body = ErrorBody),
        (status = 503, description = "3dEye is not configured, or the service cannot answer at present; see Retry-After", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    command: Command,
) -> Result<Answer<Changed<Removed>>, Problem> {
    let body: Body = command.json()?;
    let (role, user) = body.try_into_member(&id)?;
    let (work, request) = (app.clone(), command.request);
    let removed = app.detached(async move { work.cases.camera_roles.remove.execute(&request, role, user).await }).await;
    let outcome = removed.map_err(|error| Problem::of(error, &id))?;
    Answer::changed(outcome, |done| {
        Changed::new(done, |event| match event {
            Event::CameraRoleUserRemoved(removed) => Some(Removed {
                role_id: removed.role_id.to_string(),
                user_id: removed.user_id.to_string(),
                three_deye_user_id: removed.three_deye_user_id.to_string(),
                removed_at: removed.removed_at.unix_millis(),
            }),
            _ => None,
        })
    })
}
