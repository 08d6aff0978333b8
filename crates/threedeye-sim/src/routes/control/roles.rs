//! `POST /_sim/roles`: one more role of ours

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::complaint::{Body, Complaint};
use crate::routes::roles::checked_name;
use crate::state::SimState;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRole {
    name: String,
    description: Option<String>,
}

pub(super) async fn add(
    State(state): State<SimState>,
    Body(NewRole { name, description }): Body<NewRole>,
) -> Result<(StatusCode, Json<Value>), Complaint> {
    let id = state.add_described_role(checked_name(name)?, description)?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}
