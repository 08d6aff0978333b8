//! `GET /docs`: the reference, which is [Scalar](https://github.com/scalar/scalar) fed with `/openapi.json`.
//!
//! Everything it takes is in the binary, and the page may load from and call this service only (see [`page`]).

mod page;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use axum::routing::get;

use super::fixed::{Fixed, Form, Kept};
use crate::app::App;

/// Where the page is.
pub(crate) const PATH: &str = "/docs";

/// Scalar, packed by the build script.
const SCALAR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/scalar.js.gz"));
const START: &[u8] = include_bytes!("start.js");
const STYLE: &[u8] = include_bytes!("style.css");

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SHEET: &str = "text/css; charset=utf-8";

/// The page and what it loads. They are no operations, so the document has none of them.
pub(super) fn routes(public_url: Option<&str>) -> Router<App> {
    let part = |kind, form, bytes| Fixed::new(kind, Kept::Forever, form, Bytes::from_static(bytes));
    let scalar = part(SCRIPT, Form::Gzip, SCALAR);
    let start = part(SCRIPT, Form::Plain, START);
    let style = part(SHEET, Form::Plain, STYLE);
    // Names relative to the page, so that they hold behind a proxy that puts a path in front, too.
    let name = |name: &str, part: &Fixed, end: &str| format!("docs/{name}-{}.{end}", part.hash());
    let parts = page::Parts {
        scalar: name("scalar", &scalar, "js"),
        start: name("start", &start, "js"),
        style: name("style", &style, "css"),
    };
    let page = page::render(&parts, public_url).into_string();
    let page = Fixed::new(HTML, Kept::WhileUnchanged, Form::Plain, page.into());
    let policy = page::policy(public_url);
    let headers = AppendHeaders([(CONTENT_SECURITY_POLICY, policy), (REFERRER_POLICY, "no-referrer".to_owned())]);
    let page = async move |asked: HeaderMap| (headers, page.answer(&asked).await).into_response();
    Router::new()
        .route(PATH, get(page))
        .route("/docs/", get(async || Redirect::permanent("../docs")))
        .route("/", get(async || Redirect::temporary("docs")))
        .merge(serving(&parts.scalar, scalar))
        .merge(serving(&parts.start, start))
        .merge(serving(&parts.style, style))
}

fn serving(name: &str, part: Arc<Fixed>) -> Router<App> {
    Router::new().route(&format!("/{name}"), get(async move |asked: HeaderMap| part.answer(&asked).await))
}
