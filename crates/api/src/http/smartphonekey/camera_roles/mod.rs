//! Camera roles.

mod assign_user;
mod create_camera_role;
mod delete_camera_role;
mod details;
mod member;
mod remove_user;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_camera_role::handler))
        .routes(routes!(assign_user::handler))
        .routes(routes!(remove_user::handler))
        .routes(routes!(delete_camera_role::handler))
        .routes(routes!(details::handler))
}
