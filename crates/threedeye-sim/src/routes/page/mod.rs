//! The page for people at `/`: plain forms that post, and the page again. Works without scripts and shows no passwords.

mod fault_forms;
mod faults;
mod forms;
mod people;
mod people_forms;
mod show;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use self::show::{Said, View};
use crate::state::SimState;

pub(super) fn router() -> Router<SimState> {
    Router::new()
        .route("/", get(page))
        .route("/_sim/", get(page))
        .route("/_sim/page/style.css", get(style))
        .route("/_sim/page/refresh.js", get(script))
        .route("/_sim/page/faults", post(fault_forms::add))
        .route("/_sim/page/faults/common", post(fault_forms::add_common))
        .route("/_sim/page/faults/remove", post(fault_forms::remove))
        .route("/_sim/page/faults/clear", post(fault_forms::clear))
        .route("/_sim/page/users", post(people_forms::add_user))
        .route("/_sim/page/users/delete", post(people_forms::delete_user))
        .route("/_sim/page/roles", post(people_forms::add_role))
}

#[derive(Deserialize)]
struct Asked {
    /// What has just been done.
    done: Option<String>,
    /// Not to be shown anew by itself.
    still: Option<String>,
}

async fn page(State(state): State<SimState>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let said = asked.done.as_deref().and_then(forms::Done::named).map(|done| Said::Done(done.text()));
    let view = View { said, live: asked.still.is_none(), ..View::default() };
    shown(&state, &headers, StatusCode::OK, &view)
}

/// Everything comes from here; no script but ours, and nobody may put the page into a frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

fn shown(state: &SimState, headers: &HeaderMap, status: StatusCode, view: &View) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let head = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Forms would have no origin with `no-referrer`.
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, head, Html(show::page(state, host, view).into_string())).into_response()
}

async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "no-cache")], include_str!("style.css"))
}

async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-cache")], include_str!("refresh.js"))
}
