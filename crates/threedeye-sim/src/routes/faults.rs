//! `/_sim/faults`: the switches for people and for tests in other languages. Needs no credentials.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::extract::JsonBody;
use crate::fault::Fault;
use crate::refusal::Refusal;
use crate::state::SimState;

pub(super) async fn list(State(state): State<SimState>) -> Json<Value> {
    Json(json!({ "data": state.faults() }))
}

pub(super) async fn inject(
    State(state): State<SimState>,
    JsonBody(fault): JsonBody<Fault>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    state.inject(fault)?;
    Ok((StatusCode::CREATED, Json(json!({ "data": state.faults() }))))
}

pub(super) async fn clear(State(state): State<SimState>) -> StatusCode {
    state.clear_faults();
    StatusCode::NO_CONTENT
}
