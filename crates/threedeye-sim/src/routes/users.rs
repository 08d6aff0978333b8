//! `/v3/users` and `/v3/users/{id}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::extract::{Caller, JsonBody, Paging, PathIds};
use crate::refusal::Refusal;
use crate::routes::list_body;
use crate::state::SimState;
use crate::world::{NewUser, User, World};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateUser {
    email: String,
    first_name: String,
    last_name: String,
    password: String,
    #[serde(default)]
    role_ids: Vec<Uuid>,
}

pub(super) async fn list(State(state): State<SimState>, caller: Caller, paging: Paging) -> Json<Value> {
    state.read(|world| {
        let page = paging.select(world.users(caller.customer));
        let data: Vec<Value> = page.into_iter().map(|user| user_body(world, caller.customer, user)).collect();
        list_body(&state, &data, world.users(caller.customer).count())
    })
}

pub(super) async fn get(
    State(state): State<SimState>,
    caller: Caller,
    PathIds([id]): PathIds<1>,
) -> Result<Json<Value>, Refusal> {
    state.read(|world| {
        let user = world.user(caller.customer, id)?;
        Ok(Json(user_body(world, caller.customer, user)))
    })
}

pub(super) async fn create(
    State(state): State<SimState>,
    caller: Caller,
    JsonBody(body): JsonBody<CreateUser>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let CreateUser { email, first_name, last_name, password, role_ids } = body;
    let user = checked(NewUser { email, first_name, last_name, password, role_ids })?;
    let id = state.alter(|world| world.create_user(caller.customer, user))?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

pub(super) async fn delete(
    State(state): State<SimState>,
    caller: Caller,
    PathIds([id]): PathIds<1>,
) -> Result<StatusCode, Refusal> {
    state.alter(|world| world.delete_user(caller.customer, id))?;
    Ok(StatusCode::NO_CONTENT)
}

fn user_body(world: &World, customer: Uuid, user: &User) -> Value {
    let roles: Vec<Value> = world
        .roles(customer)
        .filter(|role| user.role_ids.contains(&role.id))
        .map(|role| json!({ "id": role.id, "name": role.name }))
        .collect();
    json!({
        "id": user.id,
        "email": user.email,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "roles": roles,
    })
}

/// The user, if it has the form that is asked for.
pub(super) fn checked(user: NewUser) -> Result<NewUser, Refusal> {
    if !is_address(&user.email) {
        return Err(Refusal::Invalid("email is no e-mail address."));
    }
    if !is_name(&user.first_name) {
        return Err(Refusal::Invalid("firstName must have 1 to 100 characters."));
    }
    if !is_name(&user.last_name) {
        return Err(Refusal::Invalid("lastName must have 1 to 100 characters."));
    }
    if !(8..=128).contains(&user.password.chars().count()) {
        return Err(Refusal::Invalid("password must have 8 to 128 characters."));
    }
    Ok(user)
}

fn is_address(text: &str) -> bool {
    let clean = text.len() <= 254 && !text.chars().any(|character| character.is_whitespace() || character.is_control());
    let parts = text.split_once('@');
    clean && parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 100
}
