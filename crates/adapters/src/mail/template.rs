//! The texts of notices.
//!
//! To add a language: a folder under `templates/` with all files the others have, and their lines in [`TEXTS`]. To add a
//! template: a file in each folder, and a line for each. A test compares the list with the folders, and renders every
//! text with samples of what the domain queues; a variable nobody fills is an error.
//!
//! A text begins with a line `Subject: …` and an empty one. `name` is there always, and may be empty; the other variables
//! are those of the payload. `utc` writes an instant, `grouped` a code of six digits.

use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::port::{Notice, NotifyError};
use portcullis_domain::text::Language;
use serde_json::{Map, Value as Json};

/// The language every notice is worded in when nothing else was said.
pub const DEFAULT_LANGUAGE: &str = "en";

/// Longest name a mail greets somebody by.
const NAME_LENGTH: usize = 80;

macro_rules! texts {
    ($($language:literal / $template:literal),+ $(,)?) => {
        &[$(($language, $template, include_str!(concat!("templates/", $language, "/", $template, ".txt")))),+]
    };
}

/// Language, template, text.
const TEXTS: &[(&str, &str, &str)] =
    texts!["de" / "email-code", "de" / "totp-reset", "en" / "email-code", "en" / "totp-reset"];

/// A notice ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub subject: String,
    /// Lines of plain text.
    pub body: String,
    /// What it is worded in.
    pub language: &'static str,
}

/// Every text there is, read once.
pub struct Templates {
    texts: Environment<'static>,
    /// Of those there are texts in.
    default: &'static str,
}

/// A language there are no texts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of the languages mail is worded in: {}", list())]
pub struct NoSuchLanguage;

/// A text that cannot be read; found by the tests.
#[derive(Debug, thiserror::Error)]
#[error("a text of a notice cannot be read")]
pub struct MalformedTemplate(#[source] Error);

fn list() -> String {
    let languages: Vec<_> = languages().collect();
    languages.join(", ")
}

/// The languages there are texts in.
pub fn languages() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    TEXTS
        .iter()
        .filter_map(move |(language, ..)| (std::mem::replace(&mut last, language) != *language).then_some(*language))
}

/// The language there are texts in that comes nearest: `de` for `de-AT`.
pub fn nearest(language: &Language) -> Result<&'static str, NoSuchLanguage> {
    let found = language.candidates().find_map(|tag| languages().find(|known| *known == tag));
    found.ok_or(NoSuchLanguage)
}

impl Templates {
    /// Reads them. Who said no language, or one there are no texts in, is written to in the default one.
    pub fn new(default: &'static str) -> Result<Self, MalformedTemplate> {
        let mut texts = Environment::new();
        texts.set_undefined_behavior(UndefinedBehavior::Strict);
        // Plain text: nothing is escaped.
        texts.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        texts.add_filter("utc", |at: String| utc(&at));
        texts.add_filter("grouped", |code: String| grouped(&code));
        for (language, template, text) in TEXTS {
            texts.add_template_owned(key(language, template), *text).map_err(MalformedTemplate)?;
        }
        Ok(Self { texts, default })
    }

    /// Fills the template a notice names. An unknown one, or one its payload does not fill, can never be delivered.
    pub fn render(&self, notice: &Notice, language: Option<&Language>, name: &str) -> Result<Text, NotifyError> {
        let permanent = |why: &str| NotifyError::Permanent(why.to_owned());
        let language = language.and_then(|language| nearest(language).ok()).unwrap_or(self.default);
        let text =
            self.texts.get_template(&key(language, &notice.template)).map_err(|_| permanent("unknown template"))?;
        let payload: Result<Map<String, Json>, _> = serde_json::from_str(notice.payload.expose());
        let mut variables = payload.map_err(|_| permanent("the notice's payload cannot be read"))?;
        variables.insert("name".to_owned(), Json::String(one_line(name)));
        // The error's own words may repeat a value.
        let filled = text.render(Serde(variables));
        let filled = filled.map_err(|_| permanent("the notice's payload does not fill the template"))?;
        let (head, body) = filled.split_once("\n\n").ok_or_else(|| permanent("the template has no subject"))?;
        let subject = head.strip_prefix("Subject: ").ok_or_else(|| permanent("the template has no subject"))?;
        Ok(Text { subject: one_line(subject), body: body.to_owned(), language })
    }
}

fn key(language: &str, template: &str) -> String {
    format!("{language}/{template}")
}

/// Text of somebody else as part of a line: no line of its own, no header of its own, not without end.
fn one_line(text: &str) -> String {
    let words: Vec<_> =
        text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(NAME_LENGTH).collect()
}

/// `2026-11-21 10:15 UTC`: read alike in every language.
fn utc(at: &str) -> Result<String, Error> {
    let at = Timestamp::parse(at).map_err(|_| Error::new(ErrorKind::InvalidOperation, "no instant"))?.to_string();
    let (day, time) = at.split_once('T').unwrap_or_default();
    Ok(format!("{day} {} UTC", time.get(..5).unwrap_or_default()))
}

/// `123-456`
fn grouped(code: &str) -> Result<String, Error> {
    match code.split_at_checked(3) {
        Some((first, last)) if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(format!("{first}-{last}"))
        }
        _ => Err(Error::new(ErrorKind::InvalidOperation, "no code of six digits")),
    }
}
