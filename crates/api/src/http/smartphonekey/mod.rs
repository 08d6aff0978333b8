//! The SmartphoneKey wire style: `POST /{plural}/{id}/{PascalCaseCommand}`, `GET /{plural}/{id}/{kebab-case}`, and
//! `/admin/…`. One error body, one set of credentials, one way of conditions and repeats.

mod answer;
mod caller;
mod command;
mod json;
mod path;
mod precondition;
mod problem;
mod query;
mod recorded;
mod repeat;

mod admin;
mod api_keys;
mod camera_roles;
mod locks;
mod tenants;
mod users;

pub(crate) use admin::{ToldBackfill, ToldDrift, ToldRepair, ToldTotpReset};
pub(crate) use api_keys::{MadeKey, RevokedKey, ShownKey};
pub(super) use caller::Authenticated;
pub(super) use problem::{ErrorBody, tell};
pub(crate) use tenants::{ShownTenant, told_registration};

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// What only staff may use; failures there have `success: false` besides.
const STAFF_ONLY: [&str; 4] = ["/admin", "/tenants", "/api-keys", "/metrics"];

pub(super) fn is_staff_only(path: &str) -> bool {
    let is_under = |rest: &str| rest.is_empty() || rest.starts_with('/');
    STAFF_ONLY.into_iter().any(|root| path.strip_prefix(root).is_some_and(is_under))
}

/// The routes of this style.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(users::routes())
        .merge(locks::routes())
        .merge(camera_roles::routes())
        .merge(admin::routes())
        .merge(tenants::routes())
        .merge(api_keys::routes())
}
