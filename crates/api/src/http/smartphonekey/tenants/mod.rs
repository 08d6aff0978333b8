//! Organisations.

mod list;
mod register;

pub(crate) use list::ShownTenant;
pub(crate) use register::told as told_registration;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(register::handler)).routes(routes!(list::handler))
}
