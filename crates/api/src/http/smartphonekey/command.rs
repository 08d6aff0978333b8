//! The request of a command: who asks, on which conditions, and the body as it came.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::{HeaderMap, StatusCode};
use portcullis_domain::ids::RequestId;
use portcullis_domain::usecase::Request;
use serde::de::DeserializeOwned;

use super::caller::Authenticated;
use super::problem::Problem;
use super::{json, precondition, repeat};
use crate::app::App;
use crate::http::auth;
use crate::http::client::Client;

/// Longest a body may take to arrive; trickling one in holds nothing for longer.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// A command as it came in, its caller verified.
#[derive(Debug)]
pub(crate) struct Command {
    /// Who asks, and on which conditions.
    pub(crate) request: Request,
    headers: HeaderMap,
    body: Bytes,
}

impl Command {
    /// The body, which must be a JSON object.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        json::read(&self.headers, &self.body)
    }

    /// The body, where none at all means the defaults.
    pub(crate) fn json_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Problem> {
        if self.body.is_empty() { Ok(T::default()) } else { self.json() }
    }
}

impl FromRequest<App> for Command {
    type Rejection = Problem;

    async fn from_request(request: axum::extract::Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Authenticated(caller) = Authenticated::from_request_parts(&mut parts, app).await?;
        let Ok(Client(client)) = Client::from_request_parts(&mut parts, app).await;
        let id = parts.extensions.get::<RequestId>().cloned().unwrap_or_else(|| app.request_id("req"));
        let if_match = precondition::read(&parts.headers)?;
        let key = repeat::key(&parts.headers)?.map(<[u8]>::to_vec);
        let body = read(axum::extract::Request::from_parts(parts.clone(), body), app).await?;
        let secret = &app.settings.repeat_key;
        let target = (&parts.method, &parts.uri);
        let idempotency = key.map(|key| repeat::fingerprint(secret, &auth::identity(&caller), target, &key, &body));
        let request = Request { caller, id, client: Some(client), idempotency, if_match };
        Ok(Self { request, headers: parts.headers, body })
    }
}

async fn read(request: axum::extract::Request, app: &App) -> Result<Bytes, Problem> {
    match tokio::time::timeout(BODY_DEADLINE, Bytes::from_request(request, app)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Problem::too_large()),
        Ok(Err(_)) => Err(Problem::malformed("The body could not be read")),
        Err(_) => Err(Problem::too_slow()),
    }
}
