//! Where a request came from.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use portcullis_domain::commit::ClientTrace;

use crate::app::App;

/// Characters kept of a user agent.
const USER_AGENT_LENGTH: usize = 256;

/// The client's address and user agent, as an extractor.
#[derive(Debug, Clone)]
pub(crate) struct Client(pub(crate) ClientTrace);

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, &parts.extensions, app.settings.trusted_proxy_hops))
    }
}

impl Client {
    fn of(headers: &HeaderMap, extensions: &Extensions, hops: usize) -> Self {
        let address = Self::address(headers, extensions, hops);
        let user_agent = headers
            .get(USER_AGENT)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).chars().take(USER_AGENT_LENGTH).collect());
        Self(ClientTrace { address: address.map(|address| address.to_string()), user_agent })
    }

    /// The address alone.
    pub(crate) fn address(headers: &HeaderMap, extensions: &Extensions, hops: usize) -> Option<IpAddr> {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        forwarded(headers, hops).or(peer)
    }
}

/// The address the outermost trusted proxy saw: each proxy appends the peer it had, so with `hops` of ours in front it
/// is the entry that many from the end. What stands further left the client may have written itself.
fn forwarded(headers: &HeaderMap, hops: usize) -> Option<IpAddr> {
    let entries = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    let entries: Vec<&str> = entries.flat_map(|value| value.split(',')).map(str::trim).collect();
    let index = entries.len().checked_sub(hops)?;
    entries.get(index)?.parse().ok()
}
