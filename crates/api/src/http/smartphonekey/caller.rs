//! The caller of a read.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use portcullis_domain::policy::Caller;

use super::problem::Problem;
use crate::app::App;

/// The verified credentials of a request.
#[derive(Debug, Clone)]
pub(crate) struct Authenticated(pub(crate) Caller);

impl FromRequestParts<App> for Authenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Self(app.credentials.verify(&parts.headers).await?))
    }
}
