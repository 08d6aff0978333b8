//! `/v3/roles` and who is in them

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::extract::{Caller, JsonBody, Paging, PathIds};
use crate::refusal::Refusal;
use crate::routes::list_body;
use crate::state::SimState;

#[derive(Deserialize)]
pub(super) struct CreateRole {
    name: String,
    description: Option<String>,
}

pub(super) async fn list(State(state): State<SimState>, caller: Caller, paging: Paging) -> Json<Value> {
    state.read(|world| {
        let page = paging.select(world.roles(caller.customer)).into_iter();
        let data: Vec<Value> =
            page.map(|role| json!({ "id": role.id, "name": role.name, "description": role.description })).collect();
        list_body(&state, &data, world.roles(caller.customer).count())
    })
}

pub(super) async fn create(
    State(state): State<SimState>,
    caller: Caller,
    JsonBody(CreateRole { name, description }): JsonBody<CreateRole>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let name = checked_name(name)?;
    let id = state.alter(|world| world.create_role(caller.customer, name, description))?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

pub(super) async fn delete(
    State(state): State<SimState>,
    caller: Caller,
    PathIds([role]): PathIds<1>,
) -> Result<StatusCode, Refusal> {
    state.alter(|world| world.delete_role(caller.customer, role))?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn add_user(
    State(state): State<SimState>,
    caller: Caller,
    PathIds([role, user]): PathIds<2>,
) -> Result<StatusCode, Refusal> {
    state.alter(|world| world.add_user_to_role(caller.customer, role, user))?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn remove_user(
    State(state): State<SimState>,
    caller: Caller,
    PathIds([role, user]): PathIds<2>,
) -> Result<StatusCode, Refusal> {
    state.alter(|world| world.remove_user_from_role(caller.customer, role, user))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The name, if it has the form that is asked for.
pub(super) fn checked_name(name: String) -> Result<String, Refusal> {
    let sound = !name.trim().is_empty() && name.chars().count() <= 100;
    if sound { Ok(name) } else { Err(Refusal::Invalid("name must have 1 to 100 characters.")) }
}
