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

use axum::http::Method;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::smartphonekey::json::Faults;

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

/// Is a look-up to make nobody? HEAD, which the router answers as a GET without its body, never does: no client expects
/// it to change anything.
fn search_only(faults: &mut Faults, text: Option<String>, method: &Method) -> bool {
    let wanted = faults.optional("searchOnly", text, |text| match text.as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("must be true or false"),
    });
    wanted.unwrap_or_default() || *method == Method::HEAD
}
