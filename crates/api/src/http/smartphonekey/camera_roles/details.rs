//! `GET /camera-roles/{id}/details`

use axum::extract::State;
use portcullis_domain::camera_role::{CameraRoleStatus, Member};
use portcullis_domain::event::AggregateKind;
use portcullis_domain::ids::{CameraRoleId, UserId};
use portcullis_domain::usecase::camera_role::{CameraRoleDetails, CameraRoleQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};
use crate::http::smartphonekey::query::{self, Query};

/// People on a page, unless another number is asked for.
const PAGE: u32 = 50;
/// People on a page at most.
const MOST: u32 = 200;

/// Which page of the people in the role.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// At most this many people: 1 to 200, 50 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// `nextCursor` of the page before.
    #[param(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    cursor: Option<String>,
}

impl Filter {
    fn try_into_query(self, role: CameraRoleId) -> Result<CameraRoleQuery, Problem> {
        let mut faults = Faults::default();
        let limit = query::limit(&mut faults, self.limit, PAGE, MOST);
        let after = faults.optional("cursor", self.cursor, |text| {
            UserId::parse(&text).map_err(|_| "must be the nextCursor of another page")
        });
        faults.check(Some(CameraRoleQuery { role, after, limit }))
    }
}

/// A person in the role.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CameraRoleUser)]
struct Entry {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    /// The account at 3dEye that was given the role; the person may have another one by now, which has it too.
    #[schema(example = "2f6c1a5e-8f3c-4a52-9f3b-0d6d3c1b7e11")]
    three_deye_user_id: String,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    assigned_at: String,
}

impl From<Member> for Entry {
    fn from(member: Member) -> Self {
        Self {
            user_id: member.user.to_string(),
            three_deye_user_id: member.threedeye_user.to_string(),
            assigned_at: member.assigned_at.to_string(),
        }
    }
}

/// A camera role.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CameraRoleDetails)]
pub(super) struct Answered {
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
    /// Active or Deleted.
    #[schema(example = "Active")]
    status: &'static str,
    /// The people in it, in the order of their ids.
    members: Vec<Entry>,
    /// Where the next page of them begins; none after the last.
    #[schema(required = true, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    next_cursor: Option<String>,
    /// When it was made.
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: String,
    /// Version of the role's stream.
    #[schema(example = 3)]
    version: u64,
}

const fn word(status: CameraRoleStatus) -> &'static str {
    match status {
        CameraRoleStatus::Active => "Active",
        CameraRoleStatus::Deleted => "Deleted",
    }
}

impl From<CameraRoleDetails> for Answered {
    fn from(details: CameraRoleDetails) -> Self {
        let CameraRoleDetails { role, members, next } = details;
        Self {
            role_id: role.id.to_string(),
            name: role.name.to_string(),
            description: role.description.map(|text| text.to_string()),
            org_id: role.org.to_string(),
            three_deye_role_id: role.threedeye_role.to_string(),
            status: word(role.status),
            members: members.into_iter().map(Entry::from).collect(),
            next_cursor: next.map(|user| user.to_string()),
            created_at: role.created_at.to_string(),
            version: role.version.number(),
        }
    }
}

/// Read a camera role
///
/// What is known of it, and who is in it. One that was deleted says so, and nobody is in it.
///
/// Allowed: a key of the organisation it belongs to, a super key, staff. Everybody else is told that there is no such
/// role.
#[utoipa::path(
    get,
    path = "/camera-roles/{id}/details",
    operation_id = "readCameraRole",
    tag = "Camera roles",
    params(("id" = String, Path, description = "The role", min_length = 1, max_length = 128, example = "lobby-guards"), Filter),
    responses(
        (status = 200, description = "The role", body = Answered, headers(("ETag"))),
        (status = 400, description = "The query is wrong", body = ErrorBody),
        (status = 404, description = "No such role, for this caller", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    Authenticated(caller): Authenticated,
    Query(filter): Query<Filter>,
) -> Result<Answer<Answered>, Problem> {
    // Text that is no role's id is an id nobody has.
    let role = CameraRoleId::parse(id.text()).map_err(|_| Problem::not_found(AggregateKind::CameraRole, &id))?;
    let query = filter.try_into_query(role)?;
    let details = app.cases.camera_roles.details.execute(&caller, &query).await;
    let details = details.map_err(|error| Problem::of(error, &id))?;
    Ok(Answer::read(Some(details.role.version), details.into()))
}
