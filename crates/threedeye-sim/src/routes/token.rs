//! `POST /v3/auth/token`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::extract::{Integrator, JsonBody};
use crate::refusal::Refusal;
use crate::state::SimState;

#[derive(Deserialize)]
pub(super) struct SignIn {
    username: String,
    password: String,
}

pub(super) async fn sign_in(
    State(state): State<SimState>,
    _: Integrator,
    JsonBody(login): JsonBody<SignIn>,
) -> Result<Json<Value>, Refusal> {
    let lifetime = state.config().token_lifetime;
    let token = state.alter(|world| world.sign_in(&login.username, &login.password, lifetime))?;
    let mut answer = json!({ "accessToken": token });
    if state.config().tell_token_lifetime {
        answer["expiresIn"] = lifetime.as_secs().into();
    }
    Ok(Json(answer))
}
