//! Counting requests.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;

/// Counts a request by the pattern of its route, so that nothing a client sends becomes a label. One whose client goes
/// away before the answer is counted too.
pub(in crate::http) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let under_way = app.ports.metrics.http.begun(request.method(), route);
    let answer = next.run(request).await;
    under_way.answered(answer.status());
    answer
}
