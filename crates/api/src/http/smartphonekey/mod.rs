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
mod repeat;

mod users;

pub(super) use problem::{ErrorBody, tell};

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes of this style.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(users::routes())
}
