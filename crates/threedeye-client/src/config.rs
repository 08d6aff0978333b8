//! What a client must know before its first call, and what makes that unusable.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;

use crate::observer::Observer;

/// How to reach 3dEye and as whom.
///
/// [`Config::new`] takes what has no default; the rest is changed with struct update syntax:
///
/// ```
/// # use std::time::Duration;
/// # use threedeye_client::Config;
/// let config = Config {
///     timeout: Duration::from_secs(4),
///     ..Config::new("https://admin-api.3deye.me", "api-key", "service@example.com", "password")
/// };
/// assert!(!format!("{config:?}").contains("api-key"));
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the API lives, without the `/v3`: `https://host` or `https://host/prefix`. No user name, query or fragment.
    pub base_url: String,
    /// Identifies the integrator; sent as `x-api-key` with every call.
    pub api_key: SecretString,
    /// E-mail address of the service login.
    pub username: String,
    /// Password of the service login.
    pub password: SecretString,
    /// For logins that see several customers: sent as `x-customer-id` with every call. `None` sends no such header.
    pub customer_id: Option<String>,
    /// Deadline of one operation as a whole: waiting for a place and for a token, the call, its repetition after a 401 and, for
    /// [`Client::find_user_by_email`](crate::Client::find_user_by_email), every page. A stream is read in as many
    /// operations as it has pages. At most a day; 10 s by default.
    pub timeout: Duration,
    /// Longest time for one HTTP exchange, from the connection to the last byte of the answer. An operation may have several
    /// (sign-in, call, repetition, pages), all within [`timeout`](Self::timeout), which wins where it is shorter. 5 s by
    /// default.
    pub call_timeout: Duration,
    /// Calls at once, a sign-in on the way included. Further ones wait their turn, in order. The wait counts towards
    /// [`timeout`](Self::timeout) and ends with [`Cause::Crowded`](crate::Cause::Crowded) when less than half of
    /// [`call_timeout`](Self::call_timeout) would be left for the call. 8 by default.
    pub concurrency: usize,
    /// Technical failures in a row after which the circuit opens: no connection, a lost one, no answer in at least half of
    /// [`call_timeout`](Self::call_timeout), or a status of 408, 425, 429 or 5xx. While it is open, calls fail at once with
    /// [`Error::CircuitOpen`](crate::Error::CircuitOpen). 5 by default.
    pub breaker_failures: u32,
    /// How long the circuit stays open the first time. Then one call is let through; if that fails too, the pause is twice
    /// as long as the one before. 10 s by default.
    pub breaker_pause: Duration,
    /// The longest pause, also of those 3dEye asks for with `Retry-After`. 5 min by default.
    pub breaker_longest_pause: Duration,
    /// Is told of every call and every change of the circuit.
    pub observer: Option<Arc<dyn Observer>>,
    /// How much of [`call_timeout`](Self::call_timeout) a TCP and TLS handshake may take. 3 s by default.
    pub connect_timeout: Duration,
    /// Largest answer that is read, in bytes after decoding of the transfer. 8 MiB by default.
    pub max_body_bytes: usize,
    /// Entries asked for with each page of a list. 100 by default.
    pub page_size: u32,
    /// Pages after which a list is given up as never ending. 10 000 by default.
    pub max_pages: u32,
}

impl Config {
    /// The four things without a default; see the fields for the rest.
    pub fn new(
        base_url: impl Into<String>,
        api_key: impl Into<SecretString>,
        username: impl Into<String>,
        password: impl Into<SecretString>,
    ) -> Self {
        Self {
            base_url: base_url.into(),
            api_key: api_key.into(),
            username: username.into(),
            password: password.into(),
            customer_id: None,
            timeout: Duration::from_secs(10),
            call_timeout: Duration::from_secs(5),
            concurrency: 8,
            breaker_failures: 5,
            breaker_pause: Duration::from_secs(10),
            breaker_longest_pause: Duration::from_mins(5),
            observer: None,
            connect_timeout: Duration::from_secs(3),
            max_body_bytes: 8 * 1024 * 1024,
            page_size: 100,
            max_pages: 10_000,
        }
    }

    /// That no number is nought of which there must be one at least.
    pub(crate) fn check_numbers(&self) -> Result<(), ConfigError> {
        let noughts = [
            ("concurrency", self.concurrency == 0),
            ("breaker_failures", self.breaker_failures == 0),
            ("page_size", self.page_size == 0),
            ("max_pages", self.max_pages == 0),
        ];
        noughts.into_iter().find(|(_, nought)| *nought).map_or(Ok(()), |(name, _)| Err(ConfigError::Nought(name)))
    }

    /// The base address without a trailing slash, checked to hold nothing but scheme, host, port and path.
    pub(crate) fn base(&self) -> Result<Url, ConfigError> {
        let mut url = Url::parse(self.base_url.trim()).map_err(|_| ConfigError::BaseUrl("it is no absolute URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ConfigError::BaseUrl("its scheme is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ConfigError::BaseUrl("it holds a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(ConfigError::BaseUrl("it holds a query or a fragment"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(url)
    }
}

/// Why no client could be made of a [`Config`]. Names the setting, never its value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The base address cannot be used; the text says why.
    #[error("the base URL of 3dEye cannot be used: {0}")]
    BaseUrl(&'static str),
    /// The value cannot be sent as a header: it is empty or holds a line break or another control character.
    #[error("the {0} of 3dEye is empty or holds characters a header cannot carry")]
    Header(&'static str),
    /// The number must be 1 at least.
    #[error("the {0} must be at least 1")]
    Nought(&'static str),
    /// No HTTPS client could be made, as a rule because the machine has no store of certificate authorities
    /// (Debian: package `ca-certificates`). A base URL with `http:` does not need one.
    #[error("no HTTPS client can be made; are the certificates of authorities installed?")]
    Tls(#[source] reqwest::Error),
}
