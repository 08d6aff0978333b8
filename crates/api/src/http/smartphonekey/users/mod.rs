//! People.

mod accessible_locks;
mod add_accessible_lock;
mod remove_accessible_lock;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add_accessible_lock::handler))
        .routes(routes!(remove_accessible_lock::handler))
        .routes(routes!(accessible_locks::handler))
}
