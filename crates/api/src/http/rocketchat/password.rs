//! Passwords leave the wire here: from now on there is only their digest.

use std::fmt::Write;

use portcullis_domain::entropy::{Entropy, random_text};
use portcullis_domain::port::Hasher;
use portcullis_domain::user::PasswordDigest;

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The digest of a password in clear.
///
/// # Panics
/// Never: 32 bytes are 64 hex digits.
#[expect(clippy::expect_used, reason = "32 bytes are 64 hex digits")]
pub(super) fn digest(hasher: &dyn Hasher, clear: &str) -> PasswordDigest {
    let hex = hasher.digest(clear.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to text cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    PasswordDigest::parse(&hex).expect("64 hex digits")
}

/// The digest of a password nobody knows.
pub(super) fn random(hasher: &dyn Hasher, entropy: &dyn Entropy) -> PasswordDigest {
    digest(hasher, &random_text(entropy, ALPHABET, 43))
}
