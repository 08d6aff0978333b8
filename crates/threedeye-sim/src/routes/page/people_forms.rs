//! Forms that add people and roles and take people away.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::forms::{Done, Filled, answer};
use super::show::View;
use crate::refusal::Refusal;
use crate::routes::control::Complaint;
use crate::routes::roles::checked_name;
use crate::routes::users::checked;
use crate::state::SimState;
use crate::world::NewUser as Added;

/// As it was filled in. The password is never shown again.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NewUser {
    pub(super) email: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) password: String,
    /// `ours` or `foreign`.
    pub(super) whose: String,
    /// The id of one of ours, or nothing.
    pub(super) role: String,
}

pub(super) async fn add_user(
    State(state): State<SimState>,
    headers: HeaderMap,
    Filled(form): Filled<NewUser>,
) -> Response {
    let outcome = form.add(&state);
    answer(&state, &headers, outcome.map(|_| Done::UserAdded), || View { user: form, ..View::default() })
}

impl NewUser {
    fn add(&self, state: &SimState) -> Result<Uuid, Complaint> {
        let or = |text: &str, usual: &str| if text.trim().is_empty() { usual } else { text.trim() }.to_owned();
        let role = match self.role.as_str() {
            "" => None,
            id => Some(Uuid::try_parse(id).map_err(|_| Refusal::UnknownRole)?),
        };
        let user = checked(Added {
            first_name: or(&self.first_name, "Sample"),
            last_name: or(&self.last_name, "User"),
            role_ids: role.into_iter().collect(),
            ..Added::new(self.email.trim(), or(&self.password, Added::USUAL_PASSWORD))
        })?;
        Ok(if self.whose == "foreign" { state.add_stranger(user) } else { state.add_user(user) }?)
    }
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    id: Uuid,
}

pub(super) async fn delete_user(
    State(state): State<SimState>,
    headers: HeaderMap,
    Filled(form): Filled<Chosen>,
) -> Response {
    let outcome = state.delete_anybody(form.id).map(|()| Done::UserDeleted);
    answer(&state, &headers, outcome.map_err(Complaint::from), View::default)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NewRole {
    pub(super) name: String,
    pub(super) description: String,
}

pub(super) async fn add_role(
    State(state): State<SimState>,
    headers: HeaderMap,
    Filled(form): Filled<NewRole>,
) -> Response {
    let description = Some(form.description.trim().to_owned()).filter(|text| !text.is_empty());
    let outcome =
        checked_name(form.name.trim().to_owned()).and_then(|name| state.add_described_role(name, description));
    let outcome = outcome.map(|_| Done::RoleAdded).map_err(Complaint::from);
    answer(&state, &headers, outcome, || View { role: form, ..View::default() })
}
