//! Signing in and out, and who one is.

mod credentials;
mod login;
mod logout;
mod logout_other_clients;
mod logout_user;
mod me;
mod remove_other_tokens;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(login::handler))
        .routes(routes!(logout::handler, logout::get_handler))
        .routes(routes!(me::handler))
        .routes(routes!(remove_other_tokens::handler))
        .routes(routes!(logout_other_clients::handler))
        .routes(routes!(logout_user::handler))
}
