//! What came back.

use axum::http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The body as JSON, or its text; null when there is none.
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn read(response: Response<axum::body::Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let is_json = parts.headers.get("content-type").is_some_and(|kind| kind.as_bytes().ends_with(b"json"));
        let body = match &bytes[..] {
            [] => Value::Null,
            json if is_json => serde_json::from_slice(json).unwrap(),
            text => String::from_utf8(text.to_vec()).unwrap().into(),
        };
        Self { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The code of a failure under `/api/v1`; nothing when there is none.
    pub(crate) fn code(&self) -> &str {
        self.body["errorType"].as_str().unwrap_or_default()
    }

    /// Status and body with the request id blanked, for snapshots.
    pub(crate) fn told(&self) -> Value {
        let mut body = self.body.clone();
        if let Some(id) = body.get_mut("requestId") {
            assert!(id.as_str().unwrap().starts_with("req_"), "{id}");
            *id = json!("req_…");
        }
        json!({ "status": self.status.as_u16(), "body": body })
    }

    /// Asserts the status, showing the body otherwise.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self
    }
}
