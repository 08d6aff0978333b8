//! Taking settings by key, and noting what is wrong with them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::str::FromStr;

use config::{Value, ValueKind};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;

use super::ConfigFaults;

/// Shown instead of a secret.
const SET: &str = "[set]";

/// Settings by key as they came from all sources.
#[derive(Debug)]
pub struct Effective {
    leaves: BTreeMap<String, Value>,
    /// What was taken, for `check-config`.
    shown: BTreeMap<String, Json>,
    faults: Vec<String>,
}

impl Effective {
    pub(super) const fn new(leaves: BTreeMap<String, Value>) -> Self {
        Self { leaves, shown: BTreeMap::new(), faults: Vec::new() }
    }

    /// Notes that a setting is wrong. The text must not repeat a secret.
    pub(super) fn fault(&mut self, key: &str, what: impl std::fmt::Display) {
        self.faults.push(format!("{key}: {what}"));
    }

    /// What is left when everything known was taken is unknown.
    pub(super) fn finish(mut self) -> Result<BTreeMap<String, Json>, ConfigFaults> {
        for key in std::mem::take(&mut self.leaves).into_keys() {
            self.fault(&key, "is not a setting");
        }
        if self.faults.is_empty() { Ok(self.shown) } else { Err(ConfigFaults(self.faults)) }
    }

    fn raw(&mut self, key: &str) -> Option<String> {
        let value = self.leaves.remove(key)?;
        if let Ok(text) = value.into_string() {
            Some(text)
        } else {
            self.fault(key, "must be a single value");
            None
        }
    }

    fn show(&mut self, key: &str, value: &str) {
        self.shown.insert(key.to_owned(), value.into());
    }

    /// Is anything said about a setting, itself or by the file it is in?
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.leaves.contains_key(key) || self.leaves.contains_key(&format!("{key}_file"))
    }

    /// Text that is not blank.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let text = self.raw(key)?;
        if text.trim().is_empty() {
            self.fault(key, "must not be blank");
            return None;
        }
        self.show(key, &text);
        Some(text)
    }

    /// Text of a form.
    pub(super) fn parsed<T, E: std::fmt::Display>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(key)?;
        parse(&text).map_err(|error| self.fault(key, error)).ok()
    }

    /// A number, a switch, an address: whatever has one usual text form.
    pub(super) fn value<T: FromStr>(&mut self, key: &str, what: &str) -> Option<T> {
        let text = self.raw(key)?;
        if let Ok(value) = text.trim().parse() {
            let number_or_switch = serde_json::from_str(text.trim()).ok().filter(|json: &Json| !json.is_string());
            self.shown.insert(key.to_owned(), number_or_switch.unwrap_or_else(|| text.trim().into()));
            Some(value)
        } else {
            self.fault(key, format_args!("must be {what}"));
            None
        }
    }

    /// A path.
    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        self.text(key).map(PathBuf::from)
    }

    /// A list: an array in a file, comma-separated in the environment.
    pub(super) fn list(&mut self, key: &str) -> Vec<String> {
        let Some(value) = self.leaves.remove(key) else { return Vec::new() };
        let items: Option<Vec<String>> = match value.kind {
            ValueKind::Array(items) => items.into_iter().map(|item| item.into_string().ok()).collect(),
            _ => value.into_string().ok().map(|text| text.split(',').map(str::to_owned).collect()),
        };
        let Some(items) = items else {
            self.fault(key, "must be a list of text");
            return Vec::new();
        };
        let items: Vec<String> =
            items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect();
        self.shown.insert(key.to_owned(), items.as_slice().into());
        items
    }

    /// A secret, given as it is or by the file it is in (`<key>_file`), of which a last line break does not count.
    pub(super) fn secret(&mut self, key: &str) -> Option<SecretString> {
        let from_file = format!("{key}_file");
        let given = self.raw(key);
        let path = self.text(&from_file);
        let secret = match (given, path) {
            (Some(_), Some(_)) => {
                self.fault(key, format_args!("give either this or {from_file}"));
                return None;
            }
            (Some(secret), None) => secret,
            (None, Some(path)) => match fs::read_to_string(path) {
                Ok(text) => text.trim_end_matches(['\r', '\n']).to_owned(),
                Err(error) => {
                    self.fault(&from_file, format_args!("cannot be read: {}", error.kind()));
                    return None;
                }
            },
            (None, None) => return None,
        };
        if secret.trim().is_empty() {
            self.fault(key, "must not be blank");
            return None;
        }
        self.show(key, SET);
        Some(SecretString::from(secret))
    }

    /// Shows something else of a setting than what was given.
    pub(super) fn show_instead(&mut self, key: &str, value: &str) {
        self.show(key, value);
    }

    /// Hides what was shown of a setting.
    pub(super) fn redact(&mut self, key: &str) {
        if self.shown.contains_key(key) {
            self.show(key, SET);
        }
    }

    /// Where the database is. The default counts for nothing beside a file, and a password in it is not shown.
    pub(super) fn database_url(&mut self) -> Option<String> {
        const KEY: &str = "database.url";
        if self.leaves.contains_key("database.url_file") {
            self.leaves.remove(KEY);
        }
        let secret = self.secret(KEY)?;
        let url = secret.expose_secret().trim().to_owned();
        self.show(KEY, &shown_address(&url));
        Some(url)
    }
}

/// The address of a database as it may be seen: without user, password and options.
pub(crate) fn shown_address(url: &str) -> String {
    if url.starts_with("sqlite://") {
        return url.to_owned();
    }
    let shown = match url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?))) {
        // A password in an option, or a `?` in a password: nobody can tell what is secret.
        Some((scheme, (before, _))) if before.contains('?') => format!("{scheme}://[set]"),
        Some((scheme, (_, place))) => format!("{scheme}://[set]@{place}"),
        None => url.to_owned(),
    };
    shown.split('?').next().unwrap_or_default().to_owned()
}
