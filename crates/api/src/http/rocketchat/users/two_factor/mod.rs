//! `users.2fa.enableEmail`, `.disableEmail` and `.sendEmailCode`: codes by e-mail as the own second factor.

mod disable_email;
mod enable_email;
mod send_email_code;

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(enable_email::handler))
        .routes(routes!(disable_email::handler))
        .routes(routes!(send_email_code::handler))
}

/// It is done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EmailFactorAnswer)]
struct Answered {
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

const fn done() -> Json<Answered> {
    Json(Answered { success: true })
}
