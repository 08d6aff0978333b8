//! What every form has in common: it is read, does something, and leads back to the page.

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::de::DeserializeOwned;

use super::show::{Said, View};
use super::shown;
use crate::routes::control::Complaint;
use crate::state::SimState;

/// What a form did.
#[derive(Clone, Copy)]
pub(super) enum Done {
    FaultAdded,
    FaultRemoved,
    FaultsCleared,
    UserAdded,
    UserDeleted,
    RoleAdded,
}

impl Done {
    const ALL: [Self; 6] = [
        Self::FaultAdded,
        Self::FaultRemoved,
        Self::FaultsCleared,
        Self::UserAdded,
        Self::UserDeleted,
        Self::RoleAdded,
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::FaultAdded => "fault-added",
            Self::FaultRemoved => "fault-removed",
            Self::FaultsCleared => "faults-cleared",
            Self::UserAdded => "user-added",
            Self::UserDeleted => "user-deleted",
            Self::RoleAdded => "role-added",
        }
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::FaultAdded => "The fault is in force.",
            Self::FaultRemoved => "The fault is gone.",
            Self::FaultsCleared => "Everything goes well again.",
            Self::UserAdded => "The user has been added.",
            Self::UserDeleted => "The user has been deleted.",
            Self::RoleAdded => "The role has been added.",
        }
    }
}

/// Back to the page, or the page with the complaint and what was filled in.
pub(super) fn answer(
    state: &SimState,
    headers: &HeaderMap,
    outcome: Result<Done, Complaint>,
    filled: impl FnOnce() -> View,
) -> Response {
    match outcome {
        Ok(done) => Redirect::to(&format!("/?done={}", done.name())).into_response(),
        Err(Complaint { status, message }) => {
            // Not live: shown anew, it would post the form again.
            shown(state, headers, status, &View { said: Some(Said::Refused(message)), live: false, ..filled() })
        }
    }
}

/// A form as browsers send it.
pub(super) struct Filled<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<SimState> for Filled<T> {
    type Rejection = Complaint;

    async fn from_request(request: Request, state: &SimState) -> Result<Self, Complaint> {
        match Form::from_request(request, state).await {
            Ok(Form(form)) => Ok(Self(form)),
            Err(rejection) => Err(Complaint { status: rejection.status(), message: rejection.body_text() }),
        }
    }
}
