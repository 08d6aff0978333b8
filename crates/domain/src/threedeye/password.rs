//! What passwords of remote accounts are made like.

use thiserror::Error;

use crate::entropy::{Entropy, random_text};
use crate::secret::Secret;

/// Letters and digits nobody mistakes for one another: no `0 O`, no `1 I l`.
const LETTERS_AND_DIGITS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
/// Signs that can be had: none that looks like another character, or that shells and forms treat in their own way.
const SIGNS: &str = "!#$%&()*+-./:=?@[]^_{}~";

/// Why passwords cannot be made like this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidPasswordPolicy {
    /// The length.
    #[error("must be {} to {} characters", PasswordPolicy::SHORTEST, PasswordPolicy::LONGEST)]
    Length,
    /// The signs.
    #[error("must be one or more of {SIGNS} and each once")]
    Signs,
}

/// How passwords of remote accounts are made: at random from letters, digits and signs nobody mistakes for one another,
/// with at least one upper-case letter, one lower-case letter, one digit and one sign, which is what account policies
/// commonly want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordPolicy {
    length: usize,
    signs: String,
}

impl PasswordPolicy {
    /// Fewest characters.
    pub const SHORTEST: usize = 12;
    /// Most characters.
    pub const LONGEST: usize = 128;

    /// Passwords of so many characters, some of them these signs.
    pub fn new(length: usize, signs: &str) -> Result<Self, InvalidPasswordPolicy> {
        if !(Self::SHORTEST..=Self::LONGEST).contains(&length) {
            return Err(InvalidPasswordPolicy::Length);
        }
        let once = |(index, sign): (usize, char)| SIGNS.contains(sign) && !signs[..index].contains(sign);
        if signs.is_empty() || !signs.char_indices().all(once) {
            return Err(InvalidPasswordPolicy::Signs);
        }
        Ok(Self { length, signs: signs.to_owned() })
    }

    /// A new password. All that fit the policy are equally likely: one without a class is thrown away whole.
    pub fn generate(&self, entropy: &dyn Entropy) -> Secret<String> {
        let alphabet = format!("{LETTERS_AND_DIGITS}{}", self.signs);
        loop {
            let text = random_text(entropy, alphabet.as_bytes(), self.length);
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
}

impl Default for PasswordPolicy {
    /// 24 characters, and the signs `-_.!`.
    fn default() -> Self {
        Self { length: 24, signs: "-_.!".to_owned() }
    }
}
