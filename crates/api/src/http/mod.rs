//! HTTP: one router for all wire styles, the layers around it, and the server.
//!
//! A wire style is a folder: [`smartphonekey`] (`/users`, `/locks`, `/admin`, …) and [`rocketchat`] (`/api/v1`). Each
//! knows its own bodies and is the only place that knows its status codes; [`style`] tells them apart by path, so that
//! what no handler answered (unknown route, wrong method, time-out, panic) is told in the style of the path too.

pub mod auth;
mod client;
mod fixed;
mod health;
mod keyed;
mod layers;
pub mod metrics;
pub mod openapi;
pub mod rate_limit;
pub(crate) mod reference;
mod rocketchat;
pub mod server;
mod smartphonekey;
mod style;
mod unavailable;

use std::sync::LazyLock;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use self::smartphonekey::{
    MadeKey, RevokedKey, ShownKey, ShownTenant, ToldBackfill, ToldDrift, ToldRepair, ToldTotpReset, told_registration,
};
use crate::app::App;

/// Longest a request may take. Work that must not be cut off runs as a task of its own.
const DEADLINE: Duration = Duration::from_mins(1);

/// Largest body.
const BODY_LIMIT: usize = 1 << 20;

/// All operations, and the document of them. Made once in a process: what it says is the same for every router.
static OPERATIONS: LazyLock<(Router<App>, OpenApi)> = LazyLock::new(|| {
    let operations = OpenApiRouter::with_openapi(openapi::frame())
        .merge(smartphonekey::routes())
        .merge(rocketchat::routes())
        .merge(health::routes())
        .merge(metrics::routes());
    let (router, document) = operations.split_for_parts();
    (router, openapi::finish(document))
});

/// The whole service.
pub fn router(app: App) -> Router {
    let operations = OPERATIONS.0.clone();
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(app.settings.cors_origins.clone()))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        // Not `*`, which browsers do not take to cover `Authorization`.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(layers::exposed_headers());
    // The last layer is the outermost.
    let router = operations
        .route_layer(from_fn_with_state(app.clone(), rocketchat::tell_allowance))
        .merge(openapi::route(app.settings.public_url.as_deref()))
        .merge(reference::routes(app.settings.public_url.as_deref()))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, DEADLINE))
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(from_fn(layers::tell_in_style));
    // It answers every OPTIONS request, so it is there for those who asked for it only.
    let router = if app.settings.cors_origins.is_empty() { router } else { router.layer(cors) };
    let router = router.layer(from_fn_with_state(app.clone(), metrics::count)).layer(from_fn(layers::trace));
    router.layer(from_fn_with_state(app.clone(), layers::identify)).with_state(app)
}
