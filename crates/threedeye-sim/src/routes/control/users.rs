//! `/_sim/users`: people who are there without having been made by a call

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::complaint::{Body, Complaint};
use crate::refusal::Refusal;
use crate::routes::users::checked;
use crate::state::SimState;
use crate::world::NewUser;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Seed {
    email: String,
    first_name: Option<String>,
    last_name: Option<String>,
    password: Option<String>,
    #[serde(default)]
    role_ids: Vec<Uuid>,
    /// Out of our sight.
    #[serde(default)]
    foreign: bool,
}

pub(super) async fn add(
    State(state): State<SimState>,
    Body(seed): Body<Seed>,
) -> Result<(StatusCode, Json<Value>), Complaint> {
    let usual = NewUser::new(seed.email, seed.password.unwrap_or_else(|| NewUser::USUAL_PASSWORD.to_owned()));
    let user = checked(NewUser {
        first_name: seed.first_name.unwrap_or(usual.first_name),
        last_name: seed.last_name.unwrap_or(usual.last_name),
        role_ids: seed.role_ids,
        ..usual
    })?;
    let id = if seed.foreign { state.add_stranger(user) } else { state.add_user(user) }?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

pub(super) async fn delete(State(state): State<SimState>, Path(id): Path<String>) -> Result<StatusCode, Complaint> {
    let id = Uuid::try_parse(&id).map_err(|_| Refusal::NotFound)?;
    state.delete_anybody(id)?;
    Ok(StatusCode::NO_CONTENT)
}
