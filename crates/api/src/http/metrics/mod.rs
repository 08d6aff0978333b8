//! What is counted: on a listener of its own for whoever can reach that, and for staff at `/metrics`.

mod count;
mod listener;
mod read;

use axum::http::header::{ACCEPT, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use self::count::count;
pub use self::listener::MetricsListener;
use crate::app::App;
use crate::metrics::Format;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read::handler))
}

fn answer(app: &App, headers: &HeaderMap) -> Response {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let format = Format::accepted(accept);
    match app.ports.metrics.render(&app.ports.gateway.health(), format) {
        Ok(text) => {
            let vary = HeaderValue::from_name(ACCEPT);
            ([(CONTENT_TYPE, HeaderValue::from_static(format.content_type())), (VARY, vary)], text).into_response()
        }
        // Writing to a string does not fail.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
