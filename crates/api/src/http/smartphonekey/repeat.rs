//! `Idempotency-Key`: telling a repeated request.

use axum::http::{HeaderMap, Method};
use hmac::{Hmac, KeyInit, Mac};
use portcullis_domain::commit::IdempotencyKey;
use portcullis_domain::secret::Secret;
use sha2::Sha256;

use super::problem::Problem;

const NAME: &str = "idempotency-key";

/// The key a request brought, if any: 1 to 255 visible characters.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<&[u8]>, Problem> {
    let mut values = headers.get_all(NAME).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.as_bytes();
    let fits = (1..=255).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    if fits && values.next().is_none() {
        Ok(Some(key))
    } else {
        Err(Problem::malformed("Idempotency-Key must be sent once and have 1 to 255 visible characters"))
    }
}

/// Hashes of what makes two requests the same one, keyed, so that a reader of the store cannot try bodies out.
pub(super) fn fingerprint(
    secret: &Secret<[u8; 32]>,
    caller: &str,
    (method, path): (&Method, &str),
    key: &[u8],
    body: &[u8],
) -> IdempotencyKey {
    IdempotencyKey {
        scope: keyed(secret, &[b"scope", caller.as_bytes(), method.as_str().as_bytes(), path.as_bytes(), key]),
        body: keyed(secret, &[b"body", body]),
    }
}

/// Each part goes in with its length, so that no two lists of parts are one text.
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn keyed(secret: &Secret<[u8; 32]>, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose()).expect("a key");
    for part in parts {
        mac.update(&part.len().to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
