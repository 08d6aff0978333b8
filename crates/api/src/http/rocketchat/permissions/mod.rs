//! What roles permit.

mod list_all;
mod update;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::usecase::permission::ListedPermission;
use portcullis_domain::user::Role;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_all::handler)).routes(routes!(update::handler))
}

/// A permission with the roles that have it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RocketChatPermission)]
struct Permission {
    #[serde(rename = "_id")]
    #[schema(value_type = String, example = "create-user")]
    id: &'static str,
    #[schema(value_type = Vec<String>, example = json!(["admin", "user"]))]
    roles: Vec<&'static str>,
    /// When it was changed last; 1970 as long as it is as it was made.
    #[serde(rename = "_updatedAt")]
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    updated_at: String,
}

impl From<ListedPermission> for Permission {
    fn from(listed: ListedPermission) -> Self {
        Self {
            id: listed.permission.as_str(),
            roles: listed.roles.into_iter().map(Role::as_str).collect(),
            updated_at: listed.changed_at.unwrap_or(Timestamp::from_unix_millis(0)).to_string(),
        }
    }
}
