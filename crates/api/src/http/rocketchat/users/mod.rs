//! Accounts and their second factors.

mod create;
mod delete;
mod info;
mod list;
mod list_query;
mod order;
mod reset_e2e_key;
mod reset_totp;
mod set_active_status;
mod set_preferences;
mod totp;
mod two_factor;
mod update;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::handler))
        .routes(routes!(info::handler))
        .routes(routes!(list::handler))
        .routes(routes!(update::handler))
        .routes(routes!(set_active_status::handler))
        .routes(routes!(delete::handler))
        .routes(routes!(reset_e2e_key::handler))
        .routes(routes!(reset_totp::handler))
        .routes(routes!(set_preferences::handler))
        .merge(totp::routes())
        .merge(two_factor::routes())
}
