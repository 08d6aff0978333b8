//! Signing in and out, and who one is.

mod credentials;
mod login;
mod logout;
mod me;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(login::handler))
        .routes(routes!(logout::handler, logout::get_handler))
        .routes(routes!(me::handler))
}
