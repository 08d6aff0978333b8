//! `POST /_sim/reset`

use axum::extract::State;
use axum::http::StatusCode;

use super::Complaint;
use crate::state::SimState;

pub(super) async fn reset(State(state): State<SimState>) -> Result<StatusCode, Complaint> {
    state.reset()?;
    Ok(StatusCode::NO_CONTENT)
}
