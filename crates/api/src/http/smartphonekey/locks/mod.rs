//! Locks.

mod access;
mod create_lock;
mod details;
mod events;
mod set_organization;
mod set_owner;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_lock::handler))
        .routes(routes!(set_organization::handler))
        .routes(routes!(set_owner::handler))
        .routes(routes!(details::handler))
        .routes(routes!(access::handler))
        .routes(routes!(events::handler))
}
