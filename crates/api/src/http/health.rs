//! Is the service alive, and can it serve?

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use portcullis_domain::port::GatewayHealth;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::layers::whole_seconds;
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

/// How the service is, and what it leans on.
#[derive(Debug, Serialize, ToSchema)]
struct Readiness {
    #[schema(example = "ok")]
    status: &'static str,
    details: Details,
}

/// What the service leans on. Nothing here makes it unready: it stands still at every process alike, and the locks and
/// accounts it has nothing to do with must stay in service.
#[derive(Debug, Serialize, ToSchema)]
struct Details {
    #[serde(rename = "threeDEye")]
    threedeye: ThreeDEye,
}

/// The way to 3dEye.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeReadiness)]
struct ThreeDEye {
    /// Is there access to 3dEye at all?
    #[schema(example = true)]
    configured: bool,
    /// `closed`: calls are sent; `open`: they failed in a row and are refused for a while; `half-open`: one tries.
    #[schema(example = "open")]
    circuit: &'static str,
    /// Technical failures since the last call that was answered.
    #[schema(example = 5)]
    failures: u32,
    /// Seconds until a call is tried again; only while the circuit is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 8)]
    retry_after_seconds: Option<u64>,
}

impl From<GatewayHealth> for ThreeDEye {
    fn from(health: GatewayHealth) -> Self {
        Self {
            configured: health.configured,
            circuit: health.circuit.as_str(),
            failures: health.failures,
            retry_after_seconds: health.retry_after.map(whole_seconds),
        }
    }
}

/// Is the process alive?
///
/// Says that the process runs. Looks at nothing else, and needs no credentials.
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

/// Can the service serve?
///
/// Says whether requests should be sent here: the database answers and no shutdown has begun. Needs no credentials.
///
/// The details tell how the way to 3dEye is. A 3dEye that fails makes no process unready: it would make all of them
/// so, and most of what they do needs no 3dEye.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "ready",
    tag = "Operation",
    security(()),
    responses(
        (status = 200, description = "It can serve", body = Readiness),
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
        Ok(Ok(_)) => {
            let threedeye = app.ports.gateway.health().into();
            Json(Readiness { status: OK.status, details: Details { threedeye } }).into_response()
        }
        Ok(Err(_)) | Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
