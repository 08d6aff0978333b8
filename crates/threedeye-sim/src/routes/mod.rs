//! The routes of 3dEye, and those that control the stand-in.

mod control;
mod guard;
mod page;
mod roles;
mod token;
mod users;

use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::intercept::intercept;
use crate::refusal::Refusal;
use crate::state::SimState;

pub(crate) mod path {
    pub(crate) const TOKEN: &str = "/v3/auth/token";
    pub(crate) const USERS: &str = "/v3/users";
    pub(crate) const USER: &str = "/v3/users/{id}";
    pub(crate) const ROLES: &str = "/v3/roles";
    pub(crate) const ROLE: &str = "/v3/roles/{id}";
    pub(crate) const MEMBERSHIP: &str = "/v3/roles/{id}/users/{userId}";
}

pub(crate) fn router(state: SimState) -> Router {
    let own = control::router().merge(page::router());
    Router::new()
        .route(path::TOKEN, post(token::sign_in))
        .route(path::USERS, get(users::list).post(users::create))
        .route(path::USER, get(users::get).delete(users::delete))
        .route(path::ROLES, get(roles::list).post(roles::create))
        .route(path::ROLE, delete(roles::delete))
        .route(path::MEMBERSHIP, post(roles::add_user).delete(roles::remove_user))
        .route_layer(from_fn_with_state(state.clone(), intercept))
        .merge(own.route_layer(from_fn_with_state(state.clone(), guard::guard)))
        .method_not_allowed_fallback(async || Refusal::NoMethod)
        .fallback(async || Refusal::NoRoute)
        .with_state(state)
}

/// The envelope of lists.
fn list_body(state: &SimState, data: &[Value], total: usize) -> Json<Value> {
    let mut body = json!({ "data": data });
    if state.config().tell_total {
        body["total"] = total.into();
    }
    Json(body)
}
