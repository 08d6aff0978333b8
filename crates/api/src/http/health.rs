//! Is the service alive, and can it serve?

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::smartphonekey::ErrorBody;
use crate::app::App;

/// Longest the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready))
}

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

const OK: Health = Health { status: "ok" };

/// Says that the process runs. Looks at nothing else.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "alive",
    tag = "Operation",
    security(()),
    responses((status = 200, description = "It runs", body = Health))
)]
async fn alive() -> Json<Health> {
    Json(OK)
}

/// Says whether requests should be sent here: the database answers and no shutdown has begun.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "ready",
    tag = "Operation",
    security(()),
    responses(
        (status = 200, description = "It can serve", body = Health),
        (status = 503, description = "The database does not answer, or the service is going down", body = ErrorBody),
    )
)]
async fn ready(State(app): State<App>) -> Response {
    if app.is_draining() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    // The cheapest read there is: one row by key.
    let ping = app.ports.events.recall(&[0; 32]);
    match tokio::time::timeout(PATIENCE, ping).await {
        Ok(Ok(_)) => Json(OK).into_response(),
        Ok(Err(_)) | Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
