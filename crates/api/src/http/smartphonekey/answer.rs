//! The answer to a command.

use axum::Json;
use axum::http::header::ETAG;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use portcullis_domain::event::{Event, Version};
use portcullis_domain::port::Unavailable;
use portcullis_domain::usecase::{Done, Outcome};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::http::layers::REPLAYED;

/// An event in the answer to a command.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Occurred<D> {
    /// Its name.
    #[serde(rename = "type")]
    pub(crate) name: &'static str,
    /// Its payload.
    pub(crate) data: D,
}

/// What a command did, where there is nothing more to say of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Changed<D> {
    #[schema(example = true)]
    success: bool,
    /// The id of the path.
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    aggregate_id: String,
    /// Version of the stream now.
    #[schema(example = 4)]
    version: u64,
    /// None when there was nothing to do.
    #[schema(required = true)]
    event: Option<Occurred<D>>,
}

impl<D> Changed<D> {
    /// The body, its payload made of the command's event; `data` makes nothing of another one.
    pub(crate) fn new(done: Done, data: impl FnOnce(Event) -> Option<D>) -> Option<Self> {
        let event = match done.event {
            None => None,
            Some(event) => {
                let name = event.name();
                Some(Occurred { name, data: data(event)? })
            }
        };
        Some(Self { success: true, aggregate_id: done.aggregate_id, version: done.version.number(), event })
    }
}

/// A body with the version it tells of.
#[derive(Debug)]
pub(crate) struct Answer<B> {
    status: StatusCode,
    version: Option<Version>,
    replayed: bool,
    body: B,
}

impl<B> Answer<B> {
    /// The answer to a command that changed something, or found it as wanted already. `body` makes nothing of an event
    /// that is not the command's; no command leaves one.
    pub(crate) fn changed(outcome: Outcome<Done>, body: impl FnOnce(Done) -> Option<B>) -> Result<Self, Problem> {
        let Outcome { value: done, replayed } = outcome;
        let version = Some(done.version);
        let foreign = || Problem::unavailable(&Unavailable::new("the outcome holds another command's event"));
        let body = body(done).ok_or_else(foreign)?;
        Ok(Self { status: StatusCode::OK, version, replayed, body })
    }

    /// The answer to a command that made something: 201, or 200 when it was there.
    pub(crate) fn made(outcome: Outcome<Done>, body: impl FnOnce(Done) -> Option<B>) -> Result<Self, Problem> {
        let status = if outcome.value.event.is_some() { StatusCode::CREATED } else { StatusCode::OK };
        Ok(Self { status, ..Self::changed(outcome, body)? })
    }
}

impl<B> Answer<B> {
    /// The answer to a command that made something, whatever it tells of it.
    pub(crate) const fn created(version: Version, body: B) -> Self {
        Self { status: StatusCode::CREATED, version: Some(version), replayed: false, body }
    }

    /// The answer to a read, with the version of what was read where it has one.
    pub(crate) const fn read(version: Option<Version>, body: B) -> Self {
        Self { status: StatusCode::OK, version, replayed: false, body }
    }

    /// Says whether the answer was given before.
    pub(crate) fn replayed(self, replayed: bool) -> Self {
        Self { replayed, ..self }
    }
}

impl<B: Serialize> IntoResponse for Answer<B> {
    fn into_response(self) -> Response {
        let mut answer = (self.status, Json(self.body)).into_response();
        let tag = self.version.map(|version| HeaderValue::from_str(&format!("\"{version}\"")));
        if let Some(Ok(tag)) = tag {
            answer.headers_mut().insert(ETAG, tag);
        }
        if self.replayed {
            answer.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        }
        answer
    }
}
