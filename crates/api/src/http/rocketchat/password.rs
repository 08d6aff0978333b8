//! Passwords leave the wire here: from now on there is only their digest.

use portcullis_domain::entropy::{Entropy, random_text};
use portcullis_domain::port::Hasher;
use portcullis_domain::user::PasswordDigest;

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The digest of a password in clear.
pub(super) fn digest(hasher: &dyn Hasher, clear: &str) -> PasswordDigest {
    PasswordDigest::from_sha256(&hasher.digest(clear.as_bytes()))
}

/// The digest of a password nobody knows.
pub(super) fn random(hasher: &dyn Hasher, entropy: &dyn Entropy) -> PasswordDigest {
    digest(hasher, &random_text(entropy, ALPHABET, 43))
}
