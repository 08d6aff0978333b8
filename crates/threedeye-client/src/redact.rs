//! Makes a text of the remote fit for an error: without our secrets, without control characters, short.

use secrecy::{ExposeSecret, SecretString};

const MAX_CHARS: usize = 200;
const BLOT: &str = "[redacted]";

/// Everything a call sent that must not come back in an error.
#[derive(Default)]
pub(crate) struct Redactions(Vec<SecretString>);

impl Redactions {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) -> Self {
        // Blank ones would match everywhere. Longest first: blotting out a part would leave the rest to read.
        let mut secrets: Vec<_> =
            secrets.into_iter().filter(|secret| !secret.expose_secret().trim().is_empty()).cloned().collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
        Self(secrets)
    }

    /// Blots out before cutting, else a secret across the edge would leave its beginning.
    pub(crate) fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            text = text.replace(secret.expose_secret(), BLOT);
        }
        text.chars().filter(|character| !character.is_control()).take(MAX_CHARS).collect()
    }
}
