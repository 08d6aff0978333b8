//! The OpenAPI document, generated from the routes.
//!
//! Handlers say what is theirs alone. What operations have in common is added here: [`frame`] stands around them,
//! [`completion`] adds credentials, headers and failures, [`limits`] says more exactly what is taken, [`events`] what
//! events are called, [`examples`] and [`failures`] show bodies whole, [`unused`] leaves out what nobody refers to, and
//! [`samples`] adds programs that make the calls.

mod completion;
mod events;
mod examples;
mod failures;
mod frame;
mod limits;
mod samples;
mod unused;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi, PathItem, RefOr, Response, ServerBuilder};

pub(super) use self::frame::frame;
use crate::app::App;
use crate::http::fixed::{Fixed, Form, Kept};
use crate::http::rocketchat;
use crate::http::style::Style;

/// The document of this program, as `portcullis openapi` prints it and `docs/openapi.json` keeps it.
pub fn document() -> &'static OpenApi {
    &super::OPERATIONS.1
}

/// Serves the document, with the address the service is known by.
pub(super) fn route(public_url: Option<&str>) -> Router<App> {
    static HERE: LazyLock<Arc<Fixed>> = LazyLock::new(|| fixed(document()));
    let document = public_url.map_or_else(|| Arc::clone(&HERE), |url| fixed(&at(document().clone(), url)));
    Router::new().route("/openapi.json", get(async move |asked: HeaderMap| document.answer(&asked).await))
}

fn fixed(document: &OpenApi) -> Arc<Fixed> {
    let text = serde_json::to_vec(document).unwrap_or_default();
    Fixed::new("application/json", Kept::WhileUnchanged, Form::Plain, text.into())
}

fn at(mut document: OpenApi, url: &str) -> OpenApi {
    document.servers = Some(vec![ServerBuilder::new().url(url).build()]);
    document
}

/// Adds what all operations have in common, so that no handler repeats it.
pub(super) fn finish(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        match Style::of(path) {
            Style::SmartphoneKey => completion::complete(path, item),
            Style::RocketChat => rocketchat::complete(item),
        }
    }
    limits::tell(&mut document);
    events::name(&mut document);
    examples::complete(&mut document);
    failures::complete(&mut document);
    unused::drop(&mut document);
    samples::add(&mut document);
    at(document, "/")
}

/// The operations of a path; no other methods are in use.
fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten()
}

fn answers(operation: &mut Operation) -> impl Iterator<Item = (&str, &mut Response)> {
    operation.responses.responses.iter_mut().filter_map(|(status, answer)| match answer {
        RefOr::T(answer) => Some((status.as_str(), answer)),
        RefOr::Ref(_) => None,
    })
}

fn contents(answer: &mut Response) -> impl Iterator<Item = &mut Content> {
    answer.content.values_mut().filter_map(|content| match content {
        RefOr::T(content) => Some(content),
        RefOr::Ref(_) => None,
    })
}
