//! The Rocket.Chat wire style: `/api/v1/…`.
//!
//! Sessions of accounts (`X-User-Id` with `X-Auth-Token`) are the one kind of credential here. Every answer is
//! `application/json`; every failure is a body of [`failure`].

mod body;
mod failure;
mod method_call;
mod openapi;
mod password;
mod proof;
mod second_factor;
mod session;
mod sessions;
mod shape;
mod tokens;
mod users;

pub(super) use failure::tell;
pub(super) use openapi::{TAGS, complete, security_schemes};

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes of this style.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(sessions::routes())
        .merge(tokens::routes())
        .merge(users::routes())
        .merge(method_call::routes())
}
