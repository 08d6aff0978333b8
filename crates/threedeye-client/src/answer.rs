//! What came back of a call, before anybody judged it, and how it is read.

use std::time::{Duration, SystemTime};

use httpdate::parse_http_date;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::wire::ErrorAnswer;

const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);
const MAX_PATH_CHARS: usize = 200;

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Duration>,
    body: Vec<u8>,
}

/// Where in the answer reading failed.
pub(crate) struct UnreadableAt(pub(crate) String);

/// Why there is no whole answer.
pub(crate) enum Failure {
    /// Nothing was sent.
    Connect(String),
    /// Something may have been sent.
    Lost(String),
    TooLarge(usize),
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let detail = innermost(&error);
        if error.is_connect() || error.is_builder() { Self::Connect(detail) } else { Self::Lost(detail) }
    }
}

/// The text of the last error in the chain. The first one names the URL; the last one has the reason.
fn innermost(error: &reqwest::Error) -> String {
    let mut last: Option<&dyn std::error::Error> = None;
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        last = Some(error);
        next = error.source();
    }
    last.map_or_else(|| "no further reason given".to_owned(), ToString::to_string)
}

impl Answer {
    /// Reads the body up to `limit` bytes. With a status of failure the status is the answer, so a body that cannot be
    /// read then counts as empty.
    pub(crate) async fn read(mut response: Response, limit: usize) -> Result<Self, Failure> {
        let status = response.status();
        let retry_after = retry_after(response.headers());
        let body = match read_body(&mut response, limit).await {
            Ok(body) => body,
            Err(_) if status.is_client_error() || status.is_server_error() => Vec::new(),
            Err(failure) => return Err(failure),
        };
        Ok(Self { status, retry_after, body })
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.body.trim_ascii().is_empty()
    }

    /// Whether it says that there is no such thing.
    pub(crate) fn is_absence(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }

    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T, UnreadableAt> {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let value = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| UnreadableAt(error.path().to_string().chars().take(MAX_PATH_CHARS).collect()))?;
        json.end().map_err(|_| UnreadableAt(".".to_owned()))?;
        Ok(value)
    }

    /// What 3dEye says about a failure; empty unless it says it the way it does.
    pub(crate) fn message(&self) -> String {
        self.decode::<ErrorAnswer>().map(|error| error.message).unwrap_or_default()
    }
}

async fn read_body(response: &mut Response, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Err(Failure::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Seconds, or a date. A date is compared with the one of the same answer, so that only their clock counts; without that,
/// with ours.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let asked = text(RETRY_AFTER)?;
    let pause = if let Ok(seconds) = asked.parse() {
        Duration::from_secs(seconds)
    } else {
        let then = parse_http_date(asked).ok()?;
        let now = text(DATE).and_then(|date| parse_http_date(date).ok()).unwrap_or_else(our_time);
        // A date gone by asks for nothing.
        then.duration_since(now).unwrap_or_default()
    };
    Some(pause.min(MAX_RETRY_AFTER))
}

#[expect(clippy::disallowed_methods, reason = "a date from outside can be compared with nothing else")]
fn our_time() -> SystemTime {
    SystemTime::now()
}
