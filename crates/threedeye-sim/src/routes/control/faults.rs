//! `/_sim/faults`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::complaint::{Body, Complaint};
use crate::fault::Fault;
use crate::state::SimState;

pub(super) async fn list(State(state): State<SimState>) -> Json<Value> {
    Json(json!({ "data": state.faults() }))
}

pub(super) async fn inject(
    State(state): State<SimState>,
    Body(fault): Body<Fault>,
) -> Result<(StatusCode, Json<Value>), Complaint> {
    state.inject(fault)?;
    Ok((StatusCode::CREATED, Json(json!({ "data": state.faults() }))))
}

pub(super) async fn clear(State(state): State<SimState>) -> StatusCode {
    state.clear_faults();
    StatusCode::NO_CONTENT
}
