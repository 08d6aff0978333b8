//! `GET /metrics`

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::answer;
use crate::app::App;
use crate::http::smartphonekey::Authenticated;

/// Tells what this process counted, for Prometheus.
///
/// In its text format, or in that of `OpenMetrics` for whoever prefers it in `Accept`, as Prometheus does. Allowed: staff. A scraper needs no credentials at the listener that `metrics.listen` opens.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "readMetrics",
    tag = "Operation",
    responses((
        status = 200,
        description = "The counters",
        content(
            (
                String = "text/plain",
                example = "portcullis_threedeye_calls_total{operation=\"list_users\",outcome=\"ok\"} 12\n"
            ),
            (
                String = "application/openmetrics-text",
                example = "portcullis_threedeye_calls_total{operation=\"list_users\",outcome=\"ok\"} 12\n# EOF\n"
            ),
        )
    ))
)]
pub(super) async fn handler(State(app): State<App>, _: Authenticated, headers: HeaderMap) -> Response {
    answer(&app, &headers)
}
