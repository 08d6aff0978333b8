//! `GET /api/v1/permissions.listAll`

use axum::Json;
use axum::extract::State;
use portcullis_domain::clock::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Permission;
use crate::app::App;
use crate::http::rocketchat::body::{Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::query::Query;
use crate::http::rocketchat::session::Session;

const SCHEMA: Schema = Schema { required: &[], fields: &[("updatedSince", Kind::Text)], open: false };

/// Which permissions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Since {
    /// Only those changed at this time or later: a date, or a date-time with an offset.
    #[param(value_type = Option<String>, example = "2026-11-21T10:15:00.000Z")]
    updated_since: Option<String>,
}

impl Since {
    fn at(&self) -> Result<Option<Timestamp>, Failure> {
        let Some(text) = &self.updated_since else { return Ok(None) };
        let at = Timestamp::parse(text).or_else(|_| Timestamp::parse(&format!("{text}T00:00:00Z")));
        let reason = r#"The "updatedSince" query parameter must be a valid date"#;
        at.map(Some).map_err(|_| Failure::refused("error-updatedSince-param-invalid", reason))
    }
}

/// The permissions asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermissionList)]
pub(super) struct Answered {
    update: Vec<Permission>,
    /// Always empty: no permission ever goes.
    #[schema(value_type = Vec<Object>, example = json!([]))]
    remove: [(); 0],
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

/// List what roles permit
///
/// Every permission with the roles that have it, or those changed since a time. Allowed: whoever is signed in.
#[utoipa::path(
    get,
    path = "/api/v1/permissions.listAll",
    operation_id = "listPermissions",
    tag = "Permissions",
    params(Since),
    responses(
        (status = 200, description = "The permissions", body = Answered),
        (status = 400, description = "The date is none, or another parameter was sent", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, session: Session, query: Query) -> Result<Json<Answered>, Failure> {
    let since = query.read::<Since>(&SCHEMA)?.at()?;
    let listed = app.cases.permissions.list.execute(&session.request.caller, since).await;
    let listed = listed.map_err(|error| Failure::of(error, Failure::forbidden))?;
    Ok(Json(Answered { update: listed.into_iter().map(Permission::from).collect(), remove: [], success: true }))
}
