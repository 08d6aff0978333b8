//! What kinds of sessions there are, and what is remembered beside them.

use std::fmt;

use crate::clock::Timestamp;
use crate::text::InvalidText;

/// How many characters of a personal access token are kept in clear, for people to tell tokens by.
const LAST_PART: usize = 6;

/// How a session came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionKind {
    /// By signing in. It ends by itself, and with the other sign-ins of the person.
    SignIn,
    /// By asking for a token that a program can keep. It has no end, and stays when the sign-ins of the person end.
    PersonalAccessToken(PersonalAccessToken),
}

impl SessionKind {
    /// The personal access token, if it is one.
    pub const fn personal(&self) -> Option<&PersonalAccessToken> {
        match self {
            Self::SignIn => None,
            Self::PersonalAccessToken(token) => Some(token),
        }
    }
}

/// What is known of a personal access token, besides its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalAccessToken {
    /// What its owner calls it; one of a person's tokens has the name at a time.
    pub name: TokenName,
    /// Its last six characters, for people to tell tokens by.
    pub last_part: String,
    /// Does its bearer pass where a second factor is asked for?
    pub bypass_two_factor: bool,
}

impl PersonalAccessToken {
    /// The part of a token that may be shown: its last six characters.
    pub fn last_part_of(token: &str) -> String {
        let before = token.chars().count().saturating_sub(LAST_PART);
        token.chars().skip(before).collect()
    }
}

/// What somebody calls a personal access token: 1 to 128 characters, none of them a control character, kept and compared
/// as sent. Free text of the person: never in an event or a log, hence the masked `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenName(String);

impl TokenName {
    /// Takes the name as it is, or says which rule it breaks.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidText> {
        let text = text.into();
        if !(1..=128).contains(&text.chars().count()) {
            return Err(InvalidText { rule: "1 to 128 characters" });
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidText { rule: "free of control characters" });
        }
        Ok(Self(text))
    }

    /// The name as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenName(…)")
    }
}

/// A second factor proved with a session, remembered for a while and for one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RememberedFactor {
    /// Until when; from then on it counts for nothing.
    pub until: Timestamp,
    /// What the client is told by.
    pub fingerprint: [u8; 32],
}
