//! `/_sim/…`: for people and for tests in other languages. Needs no credentials.

mod calls;
mod complaint;
mod faults;
mod passwords;
mod reset;
mod roles;
mod state;
mod users;

use axum::Router;
use axum::routing::{delete, get, post};

pub(super) use self::complaint::Complaint;
use crate::state::SimState;

pub(super) fn router() -> Router<SimState> {
    Router::new()
        .route("/_sim/state", get(state::show))
        .route("/_sim/calls", get(calls::list))
        .route("/_sim/faults", get(faults::list).post(faults::inject).delete(faults::clear))
        .route("/_sim/users", post(users::add))
        .route("/_sim/users/{id}", delete(users::delete))
        .route("/_sim/roles", post(roles::add))
        .route("/_sim/passwords/check", post(passwords::check))
        .route("/_sim/reset", post(reset::reset))
}
