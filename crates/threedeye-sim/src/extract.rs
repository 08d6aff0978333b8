//! What handlers ask of a request. Every refusal has the body of 3dEye, and credentials are looked at first.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::refusal::Refusal;
use crate::state::SimState;

/// Proof of the right `x-api-key`.
pub(crate) struct Integrator;

impl FromRequestParts<SimState> for Integrator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &SimState) -> Result<Self, Refusal> {
        let key = parts.headers.get("x-api-key").ok_or(Refusal::WrongApiKey)?;
        if key.as_bytes() == state.config().api_key.as_bytes() { Ok(Self) } else { Err(Refusal::WrongApiKey) }
    }
}

/// The customer the bearer token stands for.
pub(crate) struct Caller {
    pub(crate) customer: Uuid,
}

impl FromRequestParts<SimState> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &SimState) -> Result<Self, Refusal> {
        Integrator::from_request_parts(parts, state).await?;
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or(Refusal::WrongToken)?;
        let customer = state.read(|world| world.authenticate(token))?;
        Ok(Self { customer })
    }
}

/// The GUIDs in the path, in order. What is no GUID names nothing.
pub(crate) struct PathIds<const N: usize>(pub(crate) [Uuid; N]);

impl<const N: usize> FromRequestParts<SimState> for PathIds<N> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &SimState) -> Result<Self, Refusal> {
        let parameters = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Refusal::NotFound)?;
        let ids: Vec<Uuid> = parameters.iter().filter_map(|(_, text)| Uuid::from_str(text).ok()).collect();
        ids.try_into().map(Self).map_err(|_| Refusal::NotFound)
    }
}

/// Which part of a list is wanted.
pub(crate) struct Paging {
    page: u32,
    size: u32,
}

const DEFAULT_PAGE_SIZE: u32 = 50;

impl Paging {
    /// The entries of the page, out of all.
    pub(crate) fn select<T>(&self, all: impl Iterator<Item = T>) -> Vec<T> {
        let (page, size) = (self.page as usize, self.size as usize);
        all.skip((page - 1).saturating_mul(size)).take(size).collect()
    }
}

impl FromRequestParts<SimState> for Paging {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &SimState) -> Result<Self, Refusal> {
        let (mut page, mut size) = (1, DEFAULT_PAGE_SIZE.min(state.config().max_page_size));
        let pairs = parts.uri.query().unwrap_or_default().split('&');
        for (name, value) in pairs.filter_map(|pair| pair.split_once('=')) {
            match name {
                "page" => {
                    page = positive(value).ok_or(Refusal::Invalid("page must be a number from 1."))?;
                }
                "pageSize" => {
                    size = positive(value).ok_or(Refusal::Invalid("pageSize must be a number from 1."))?;
                }
                _ => {}
            }
        }
        if size > state.config().max_page_size {
            return Err(Refusal::Invalid("pageSize is too large."));
        }
        Ok(Self { page, size })
    }
}

fn positive(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| *number > 0)
}

/// The body read as JSON.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<SimState> for JsonBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &SimState) -> Result<Self, Refusal> {
        let content_type =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Refusal::NotJson);
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| Refusal::BodyTooLarge)?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|_| Refusal::Invalid("The body is no JSON object with the fields of this call."))
    }
}
