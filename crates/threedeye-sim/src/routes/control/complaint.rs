//! What is wrong with a request, said more plainly than 3dEye would.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::refusal::Refusal;
use crate::state::SimState;

/// Shown as `{"message": …}`.
pub(in crate::routes) struct Complaint {
    pub(in crate::routes) status: StatusCode,
    pub(in crate::routes) message: String,
}

impl Complaint {
    pub(in crate::routes) fn invalid(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.into() }
    }
}

impl From<Refusal> for Complaint {
    fn from(refusal: Refusal) -> Self {
        Self { status: refusal.status(), message: refusal.to_string() }
    }
}

impl IntoResponse for Complaint {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "message": self.message }))).into_response()
    }
}

/// The body read as JSON.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<SimState> for Body<T> {
    type Rejection = Complaint;

    async fn from_request(request: Request, state: &SimState) -> Result<Self, Complaint> {
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Refusal::NotJson.into());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| Refusal::BodyTooLarge)?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| Complaint::invalid(format!("The body: {error}.")))
    }
}
