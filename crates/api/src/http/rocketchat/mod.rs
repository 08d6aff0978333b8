//! The Rocket.Chat wire style: `/api/v1/…`.
//!
//! Sessions of accounts (`X-User-Id` with `X-Auth-Token`) are the one kind of credential here. Every answer is
//! `application/json`; every failure is a body of [`failure`].

mod allowance;
mod body;
mod failure;
mod method_call;
mod openapi;
mod password;
mod permissions;
mod proof;
mod query;
mod second_factor;
mod session;
mod sessions;
mod shape;
mod tokens;
mod unique;
mod users;

pub(super) use allowance::{HEADERS as RATE_HEADERS, tell_allowance};
pub(super) use failure::tell;
pub(super) use openapi::{
    RATE_HEADERS as DOCUMENTED_HEADERS, TAGS, complete, failure_example, is_with_second_factor, security_schemes,
};

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes of this style.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(sessions::routes())
        .merge(tokens::routes())
        .merge(users::routes())
        .merge(permissions::routes())
        .merge(method_call::routes())
}
