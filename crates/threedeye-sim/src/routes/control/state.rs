//! `GET /_sim/state`: all there is, without passwords and tokens

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::state::SimState;
use crate::world::{Customer, World};

pub(super) async fn show(State(state): State<SimState>) -> Json<Value> {
    let (faults, calls) = (state.faults(), state.counts());
    let customers: Vec<Value> =
        state.read(|world| world.customers().iter().map(|customer| customer_body(world, customer)).collect());
    Json(json!({ "customers": customers, "faults": faults, "calls": calls, "stateFile": state.file() }))
}

fn customer_body(world: &World, customer: &Customer) -> Value {
    let users: Vec<_> = world.users(customer.id).collect();
    let roles: Vec<Value> = customer
        .roles
        .iter()
        .map(|role| {
            let members = users.iter().filter(|user| user.role_ids.contains(&role.id)).count();
            json!({ "id": role.id, "name": role.name, "description": role.description, "members": members })
        })
        .collect();
    json!({ "id": customer.id, "ours": customer.id == world.ours(), "users": users, "roles": roles })
}
