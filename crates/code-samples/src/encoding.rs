//! Percent-encoding.

use std::fmt::Write;

/// A text as part of a URL. What remains as it is means nothing to a shell or inside quotes either.
pub(crate) fn percent(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~:,@".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

/// A query string, with its question mark where there is one.
pub(crate) fn query(pairs: &[(String, String)]) -> String {
    pairs.iter().enumerate().fold(String::new(), |mut encoded, (index, (name, value))| {
        encoded.push(if index == 0 { '?' } else { '&' });
        encoded.push_str(&percent(name));
        encoded.push('=');
        encoded.push_str(&percent(value));
        encoded
    })
}
