//! The second factor in the headers `x-2fa-code` and `x-2fa-method`.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use portcullis_domain::secret::Secret;
use portcullis_domain::totp::{Method, Proof};

use super::session::one;
use crate::app::App;

/// What the headers bring as a second factor, if anything.
#[derive(Debug)]
pub(crate) struct SentProof(pub(crate) Proof);

impl FromRequestParts<App> for SentProof {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(Self(Proof { code: code(&parts.headers), forced: forced(&parts.headers) }))
    }
}

/// An empty code is no code: it is a question, not an answer. So are two. What is no text is a wrong one.
fn code(headers: &HeaderMap) -> Option<Secret<String>> {
    let value = one(headers, "x-2fa-code")?;
    let code = String::from_utf8_lossy(value.as_bytes()).trim().to_owned();
    (!code.is_empty()).then(|| Secret::new(code))
}

/// Only these two can be forced; `password` and unknown words leave the choice to the person's first method, so that
/// the password never stands in for TOTP.
fn forced(headers: &HeaderMap) -> Option<Method> {
    match one(headers, "x-2fa-method")?.to_str().ok()?.trim() {
        "totp" => Some(Method::Totp),
        "email" => Some(Method::Email),
        _ => None,
    }
}
