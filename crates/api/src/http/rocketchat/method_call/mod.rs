//! `POST /api/v1/method.call/{method}`: a remote call wrapped in JSON text, as older clients manage the second factor.
//!
//! A method that fails answers 200 with the error inside the text, which clients of every age read. Around it, only who
//! calls and whether the wrapping can be read count.

mod handler;
mod message;
mod totp;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(handler::handler))
}
