//! An issuer's keys behind a URL.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CACHE_CONTROL};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use thiserror::Error;
use tokio::time::timeout;

use super::key_ring::{LARGEST, LONGEST, LoadFault};
use super::key_set::KeySet;

/// Longest a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(2);
/// Longest a fetch may take.
pub(super) const FETCH: Duration = Duration::from_secs(5);
/// Issuers are not asked more often than this for nothing, whatever they say.
const GOOD_FOR_AT_LEAST: Duration = Duration::from_mins(1);

/// Where an issuer publishes its keys. Who can change what is read there can make tokens, so it is https, or http within
/// the machine.
#[derive(Clone, PartialEq, Eq)]
pub struct KeysUrl(Url);

/// Why a text is no such URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeysUrlFault {
    /// It is no URL, or of another scheme.
    #[error("must be a URL such as https://issuer.example/.well-known/jwks.json")]
    NotAUrl,
    /// Others could change what is read.
    #[error("must begin with https://; http:// is taken for localhost, 127.0.0.0/8 and [::1] only")]
    NotPrivate,
    /// It holds a password.
    #[error("must not hold a user name or a password")]
    UserInfo,
}

impl KeysUrl {
    /// The URL as it may be shown: without a query, which may hold a key.
    pub fn shown(&self) -> String {
        let mut url = self.0.clone();
        url.set_query(None);
        url.into()
    }
}

impl fmt::Debug for KeysUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeysUrl").field(&self.shown()).finish()
    }
}

impl FromStr for KeysUrl {
    type Err = KeysUrlFault;

    fn from_str(text: &str) -> Result<Self, KeysUrlFault> {
        let mut url = Url::parse(text.trim()).map_err(|_| KeysUrlFault::NotAUrl)?;
        let is_local = match url.host_str() {
            Some("localhost" | "[::1]") => true,
            Some(host) => host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
            None => return Err(KeysUrlFault::NotAUrl),
        };
        match url.scheme() {
            "https" => {}
            "http" if is_local => {}
            "http" => return Err(KeysUrlFault::NotPrivate),
            _ => return Err(KeysUrlFault::NotAUrl),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(KeysUrlFault::UserInfo);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }
}

/// No client could be made for `auth.jwt.jwks_url`.
#[derive(Debug, Error)]
#[error("auth.jwt.jwks_url: no TLS client can be made")]
pub struct NoClient(#[source] reqwest::Error);

/// Asks an issuer.
pub(super) struct Endpoint {
    client: Client,
    url: Url,
}

impl Endpoint {
    pub(super) fn new(KeysUrl(url): &KeysUrl) -> Result<Self, NoClient> {
        let mut builder = Client::builder()
            // Whoever answers for the host may not send us elsewhere.
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .user_agent(concat!("portcullis/", env!("CARGO_PKG_VERSION")));
        if url.scheme() == "http" {
            // Within the machine: no proxy, and no certificates, whose store would be loaded and missed for nothing.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        let client = builder.build().map_err(|error| NoClient(error.without_url()))?;
        Ok(Self { client, url: url.clone() })
    }

    /// The set as it is now, and how long it is good.
    pub(super) async fn load(&self) -> Result<(KeySet, Duration), LoadFault> {
        timeout(FETCH, self.fetch()).await.unwrap_or(Err(LoadFault::TimedOut))
    }

    async fn fetch(&self) -> Result<(KeySet, Duration), LoadFault> {
        // The text of these errors has the URL with its query in it.
        let unreachable = |error: reqwest::Error| LoadFault::Unreachable(error.without_url());
        let request = self.client.get(self.url.clone()).header(ACCEPT, "application/jwk-set+json, application/json");
        let mut answer = request.send().await.map_err(unreachable)?;
        if answer.status() != StatusCode::OK {
            return Err(LoadFault::Status(answer.status().as_u16()));
        }
        let good_for = good_for(&answer);
        let mut json = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(unreachable)? {
            if json.len() + part.len() > LARGEST {
                return Err(LoadFault::TooLarge);
            }
            json.extend_from_slice(&part);
        }
        Ok((KeySet::parse(&json)?, good_for))
    }
}

fn good_for(answer: &Response) -> Duration {
    let values = answer.headers().get_all(CACHE_CONTROL).into_iter().filter_map(|value| value.to_str().ok());
    let mut directives = values.flat_map(|value| value.split(',')).filter_map(|directive| directive.split_once('='));
    let seconds = directives.find(|(name, _)| name.trim().eq_ignore_ascii_case("max-age"));
    let seconds = seconds.and_then(|(_, seconds)| seconds.trim().trim_matches('"').parse().ok());
    seconds.map_or(LONGEST, |seconds| Duration::from_secs(seconds).clamp(GOOD_FOR_AT_LEAST, LONGEST))
}
