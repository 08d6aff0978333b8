//! Sends one request over HTTP and brings back whatever came of it.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use crate::answer::{Answer, Failure};
use crate::config::{Config, ConfigError};
use crate::request::Request;
use crate::wire;

/// Below the idle limits usual with servers and load balancers: a connection they closed while our request was on its
/// way costs a creation its certainty.
const IDLE_CONNECTION: Duration = Duration::from_secs(15);

pub(crate) struct Transport {
    http: reqwest::Client,
    base: Url,
    max_body_bytes: usize,
}

impl Transport {
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigError> {
        let base = config.base()?;
        let mut builder = reqwest::Client::builder()
            .default_headers(standing_headers(config)?)
            .redirect(redirect::Policy::none())
            .connect_timeout(config.connect_timeout)
            .pool_idle_timeout(IDLE_CONNECTION);
        if base.scheme() == "http" {
            // Without this the platform's certificate store is loaded, and missed, for a client that never needs it.
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|error| ConfigError::Tls(error.without_url()))?;
        Ok(Self { http, base, max_body_bytes: config.max_body_bytes })
    }

    pub(crate) async fn send(&self, request: &Request, bearer: Option<&HeaderValue>) -> Result<Answer, Failure> {
        let started = Instant::now();
        let outcome = self.exchange(request, bearer).await;
        // The caller reports failures; this is for following single calls. The path holds identifiers, the query may not.
        tracing::debug!(
            operation = request.operation.as_str(),
            method = %request.method,
            path = request.path,
            status = outcome.as_ref().ok().map(|answer| answer.status.as_u16()),
            elapsed_ms = started.elapsed().as_millis(),
            "3dEye call",
        );
        outcome
    }

    async fn exchange(&self, request: &Request, bearer: Option<&HeaderValue>) -> Result<Answer, Failure> {
        let mut call = self.http.request(request.method.clone(), self.url(request));
        if let Some(bearer) = bearer {
            call = call.header(AUTHORIZATION, bearer.clone());
        }
        if let Some(body) = &request.body {
            call = call.json(body);
        }
        let response = call.send().await?;
        Answer::read(response, self.max_body_bytes).await
    }

    fn url(&self, request: &Request) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}", self.base.path().trim_end_matches('/'), request.path));
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }
}

fn standing_headers(config: &Config) -> Result<HeaderMap, ConfigError> {
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("threedeye-client/", env!("CARGO_PKG_VERSION"))));
    headers.insert(wire::API_KEY, secret_header(&config.api_key).ok_or(ConfigError::Header("API key"))?);
    if let Some(customer) = &config.customer_id {
        let value = HeaderValue::from_str(customer).ok().filter(|value| !value.is_empty());
        headers.insert(wire::CUSTOMER_ID, value.ok_or(ConfigError::Header("customer id"))?);
    }
    Ok(headers)
}

fn secret_header(secret: &SecretString) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(secret.expose_secret()).ok().filter(|value| !value.is_empty())?;
    value.set_sensitive(true);
    Some(value)
}

/// The header of a bearer token; `None` if the token has characters a header cannot carry.
pub(crate) fn bearer(token: &SecretString) -> Option<HeaderValue> {
    if token.expose_secret().trim().is_empty() {
        return None;
    }
    secret_header(&format!("Bearer {}", token.expose_secret()).into())
}
