//! People.

mod accessible_locks;
mod add_accessible_lock;
mod by_email;
mod by_phone;
mod camera_credentials;
mod create_user;
mod owned_locks;
mod phone_number;
mod profile;
mod reactivate_user;
mod remove_accessible_lock;
mod suspend_user;
mod update_email;
mod update_phone_number;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_user::handler))
        .routes(routes!(profile::handler))
        .routes(routes!(by_email::handler))
        .routes(routes!(by_phone::handler))
        .routes(routes!(owned_locks::handler))
        .routes(routes!(update_email::handler))
        .routes(routes!(update_phone_number::handler))
        .routes(routes!(phone_number::handler))
        .routes(routes!(suspend_user::handler))
        .routes(routes!(reactivate_user::handler))
        .routes(routes!(add_accessible_lock::handler))
        .routes(routes!(remove_accessible_lock::handler))
        .routes(routes!(accessible_locks::handler))
        .routes(routes!(camera_credentials::handler))
}

/// Reads `searchOnly` of a look-up.
fn search_only(text: &str) -> Result<bool, &'static str> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("must be true or false"),
    }
}
