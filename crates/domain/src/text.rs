//! Text that callers bring: bounded free text, e-mail addresses, phone numbers, user names, languages.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Text that breaks the rule of its field. The message never repeats the text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be {rule}")]
pub struct InvalidText {
    /// The rule it breaks.
    pub rule: &'static str,
}

/// Free text of the caller that goes into events by contract (`reason`, `removedBy`, `grantedBy`, `lockName`):
/// 1 to 500 characters, not blank, without control characters, kept as sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FreeText(String);

impl FreeText {
    /// Takes the text as it is, or says which rule it breaks.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidText> {
        let text = text.into();
        if text.trim().is_empty() {
            return Err(InvalidText { rule: "not blank" });
        }
        if text.chars().count() > 500 {
            return Err(InvalidText { rule: "at most 500 characters" });
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidText { rule: "free of control characters" });
        }
        Ok(Self(text))
    }

    /// Text of our own, written in the program.
    pub fn ours(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// The text as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FreeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An e-mail address, trimmed and lower-cased. Personal data: never in an event or a log, hence the masked `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address: something before and after one `@`, no spaces or control characters, at most 254 characters
    /// (RFC 5321, 4.5.3.1.3).
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let address = text.trim().to_lowercase();
        let valid = address.len() <= 254
            && address.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && local.len() <= 64
                    && !domain.is_empty()
                    && !domain.contains('@')
                    && !domain.starts_with('.')
                    && !domain.ends_with('.')
            })
            && !address
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"'));
        if valid { Ok(Self(address)) } else { Err(InvalidText { rule: "an e-mail address" }) }
    }

    /// The normalised address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// The form that may be shown and logged in events: `a***@example.com`.
    pub fn masked(&self) -> String {
        let first = self.0.chars().next().unwrap_or('*');
        format!("{first}***@{}", self.domain())
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A phone number in E.164: `+` and 7 to 15 digits. Personal data: never in an event or a log, hence the masked `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number in international form: `+` or `00`, then 7 to 15 digits that do not begin with 0 (ITU-T E.164, 6.2);
    /// spaces are ignored. One without prefix is none, as nobody could say of which country it is.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let compact: String = text.chars().filter(|c| *c != ' ').collect();
        let digits = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00"));
        let fits = |digits: &&str| {
            (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
        };
        match digits.filter(fits) {
            Some(digits) => Ok(Self(format!("+{digits}"))),
            None => Err(InvalidText { rule: "a phone number in international form, such as +48 600 100 200" }),
        }
    }

    /// The number: `+48600100200`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that may be shown in events: `***0200`.
    pub fn masked(&self) -> String {
        // At least 7 ASCII digits.
        format!("***{}", &self.0[self.0.len() - 4..])
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A sign-in name: 1 to 128 letters, digits, `.`, `-` or `_`, and nothing that parses as a UUID, so that a name and an
/// id can never be taken for each other. Compared without regard to case, shown as chosen.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UserName(String);

impl UserName {
    /// Takes a name as chosen.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        let length = text.chars().count();
        if length == 0 || length > 128 || !text.chars().all(allowed) {
            return Err(InvalidText { rule: "1 to 128 letters, digits, dots, dashes or underscores" });
        }
        if uuid::Uuid::try_parse(text).is_ok() {
            return Err(InvalidText { rule: "a name that is no UUID" });
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as chosen.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form two names are compared in.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Debug for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserName(…)")
    }
}

/// A language as clients name it (RFC 5646, also with underscores): `de`, `de-AT`, `zh_Hant`. Kept as sent; whether
/// anything is worded in it is for whoever words it. Personal data: never in an event or a log, hence the masked `Debug`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Language(String);

impl Language {
    /// Takes a tag of 1 to 35 letters, digits, dashes and underscores that begins with a letter.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let valid =
            text.len() <= 35 && text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(allowed);
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidText { rule: "a language tag, such as de or pt-BR" }) }
    }

    /// The tag as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What to look for, the most special first: `zh-hant-tw`, `zh-hant`, `zh`.
    pub fn candidates(&self) -> impl Iterator<Item = String> {
        let tag = self.0.to_ascii_lowercase().replace('_', "-");
        std::iter::successors(Some(tag), |tag| tag.rsplit_once('-').map(|(general, _)| general.to_owned()))
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Language(…)")
    }
}
