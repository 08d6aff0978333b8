//! `users.2fa.enableEmail`, `.disableEmail` and `.sendEmailCode`: codes by e-mail as the own second factor.

mod disable_email;
mod enable_email;
mod send_email_code;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(enable_email::handler))
        .routes(routes!(disable_email::handler))
        .routes(routes!(send_email_code::handler))
}
