//! Keyed hashes (HMAC-SHA256), which nobody without the key can try values out on.

use hmac::{Hmac, KeyInit, Mac};
use portcullis_domain::secret::Secret;
use sha2::Sha256;

/// Hashes parts, the first of which says what for. Each goes in with its length, so that no two lists of parts are one
/// text.
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
pub(super) fn keyed(secret: &Secret<[u8; 32]>, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose()).expect("a key");
    for part in parts {
        mac.update(&part.len().to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
