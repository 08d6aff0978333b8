//! The Rocket.Chat wire style: `/api/v1/…`.

mod failure;

pub(super) use failure::tell;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes of this style.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
