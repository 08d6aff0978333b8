//! Ids in paths: plain text, as far as the path can tell.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use portcullis_domain::ids::{LockId, UserId};
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::app::App;

/// The id of a path.
#[derive(Debug, Clone)]
pub(crate) struct Id(String);

impl Id {
    /// As the path has it.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The person it names. An id nobody can have becomes nobody's, so that it takes the same way to 403 or 404 as one
    /// that merely does not exist.
    pub(crate) fn user(&self) -> UserId {
        UserId::parse(&self.0).unwrap_or(UserId::NOBODY)
    }

    /// The lock it names.
    pub(crate) fn lock(&self) -> Result<LockId, Problem> {
        LockId::parse(self.0.as_str()).map_err(|invalid| Problem::field("id", &invalid))
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl FromRequestParts<App> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Segments(text) = Segments::<String>::from_request_parts(parts, app).await?;
        Ok(Self(text))
    }
}

/// The variable segments of a path.
#[derive(Debug)]
pub(crate) struct Segments<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let segments = Path::<T>::from_request_parts(parts, app).await;
        let Path(segments) = segments.map_err(|_| Problem::malformed("The path is not valid UTF-8"))?;
        Ok(Self(segments))
    }
}
