//! `POST /_sim/passwords/check`: whether somebody could sign in

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::complaint::Body;
use crate::state::SimState;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    email: String,
    password: String,
}

pub(super) async fn check(State(state): State<SimState>, Body(login): Body<Login>) -> Json<Value> {
    Json(json!({ "matches": state.password_matches(&login.email, &login.password) }))
}
