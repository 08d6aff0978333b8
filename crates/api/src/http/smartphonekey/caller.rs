//! The caller.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use portcullis_domain::policy::Caller;

use super::is_staff_only;
use super::problem::Problem;
use crate::app::App;
use crate::http::auth::AuthError;

/// The verified credentials of a request.
#[derive(Debug, Clone)]
pub(crate) struct Authenticated(pub(crate) Caller);

impl FromRequestParts<App> for Authenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = app.credentials.verify(&parts.headers, parts.uri.query()).await?;
        if is_staff_only(parts.uri.path()) && caller.staff.is_none() {
            return Err(AuthError::StaffOnly.into());
        }
        Ok(Self(caller))
    }
}
