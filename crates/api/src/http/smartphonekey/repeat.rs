//! `Idempotency-Key`: telling a repeated request.

use axum::http::{HeaderMap, Method, Uri};
use portcullis_domain::commit::IdempotencyKey;
use portcullis_domain::secret::Secret;

use super::problem::Problem;
use crate::http::keyed::keyed;

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
    (method, uri): (&Method, &Uri),
    key: &[u8],
    body: &[u8],
) -> IdempotencyKey {
    let (method, path) = (method.as_str().as_bytes(), uri.path().as_bytes());
    // A query says what is asked for, as a body does. Without one the hash is that of answers remembered before.
    let asked = [b"body", body].into_iter().chain(uri.query().map(str::as_bytes));
    IdempotencyKey {
        scope: keyed(secret, &[b"scope", caller.as_bytes(), method, path, key]),
        body: keyed(secret, &asked.collect::<Vec<_>>()),
    }
}
