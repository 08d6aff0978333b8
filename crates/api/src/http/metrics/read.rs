//! `GET /metrics`

use axum::extract::State;
use axum::response::Response;

use super::answer;
use crate::app::App;
use crate::http::smartphonekey::Authenticated;

/// Tells what this process counted, in the text format of `OpenMetrics`, which Prometheus reads.
///
/// Allowed: staff. A scraper needs no credentials at the listener that `metrics.listen` opens.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "readMetrics",
    tag = "Operation",
    responses((
        status = 200,
        description = "The counters",
        body = String,
        content_type = "application/openmetrics-text",
        example = "portcullis_threedeye_calls_total{operation=\"list_users\",outcome=\"ok\"} 12\n# EOF\n",
    ))
)]
pub(super) async fn handler(State(app): State<App>, _: Authenticated) -> Response {
    answer(&app)
}
