//! Passwords for remote accounts.

use crate::entropy::{Entropy, random_text};
use crate::secret::Secret;

const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789-_.!";
const LENGTH: usize = 24;

/// A password of 24 characters with at least one upper-case letter, lower-case letter, digit and sign, which is what
/// account policies commonly want.
pub(super) fn generate(entropy: &dyn Entropy) -> Secret<String> {
    loop {
        let text = random_text(entropy, ALPHABET, LENGTH);
        let has = |class: fn(&char) -> bool| text.chars().any(|c| class(&c));
        if has(char::is_ascii_uppercase)
            && has(char::is_ascii_lowercase)
            && has(char::is_ascii_digit)
            && has(char::is_ascii_punctuation)
        {
            return Secret::new(text);
        }
    }
}
