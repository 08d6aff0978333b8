//! `/_sim/calls`: what was asked lately

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::state::SimState;

pub(super) async fn list(State(state): State<SimState>) -> Json<Value> {
    Json(json!({ "data": state.log() }))
}
