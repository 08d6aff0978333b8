//! Texts and JSON values as source in each language.

use std::fmt::Write;

use serde_json::Value;

/// Lists of single values up to this width stand on one line.
const WIDTH: usize = 60;

/// How a language writes values.
pub(crate) struct Syntax {
    null: &'static str,
    truth: [&'static str; 2],
    text: fn(&str) -> String,
    /// A name in a map, with what stands between it and the value.
    key: fn(&str) -> String,
    indent: usize,
    /// Is there a comma after the last one, too?
    last_comma: bool,
}

/// Python's.
pub(crate) const PYTHON: Syntax = Syntax {
    null: "None",
    truth: ["False", "True"],
    text: python_text,
    key: |name| format!("{}: ", python_text(name)),
    indent: 4,
    last_comma: true,
};

/// JavaScript's.
pub(crate) const JAVASCRIPT: Syntax = Syntax {
    null: "null",
    truth: ["false", "true"],
    text: javascript_text,
    key: javascript_key,
    indent: 2,
    last_comma: true,
};

/// Ruby's.
pub(crate) const RUBY: Syntax =
    Syntax { null: "nil", truth: ["false", "true"], text: ruby_text, key: ruby_key, indent: 2, last_comma: false };

impl Syntax {
    /// A value, of which all lines but the first are this deep inside.
    pub(crate) fn value(&self, value: &Value, depth: usize) -> String {
        match value {
            Value::Null => self.null.to_owned(),
            Value::Bool(truth) => self.truth[usize::from(*truth)].to_owned(),
            // All know both, and Python's formatters want the shorter one.
            Value::Number(number) => number.to_string().replace("e+", "e"),
            Value::String(text) => (self.text)(text),
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.value(item, depth + 1)).collect();
                let line = format!("[{}]", items.join(", "));
                let is_short = line.len() <= WIDTH && !line.contains(['{', '\n']);
                if is_short { line } else { self.block(['[', ']'], &items, depth) }
            }
            Value::Object(fields) => {
                self.map(fields.iter().map(|(name, field)| (name.as_str(), self.value(field, depth + 1))), depth)
            }
        }
    }

    /// A map of which the values are source already.
    pub(crate) fn map<'m>(&self, entries: impl Iterator<Item = (&'m str, String)>, depth: usize) -> String {
        let entries: Vec<_> = entries.map(|(name, value)| (self.key)(name) + &value).collect();
        self.block(['{', '}'], &entries, depth)
    }

    /// Entries on lines of their own, if there are any.
    pub(crate) fn block(&self, [open, close]: [char; 2], entries: &[String], depth: usize) -> String {
        if entries.is_empty() {
            return format!("{open}{close}");
        }
        let inside = " ".repeat(self.indent * (depth + 1));
        let entries = entries.join(&format!(",\n{inside}"));
        let last = if self.last_comma { "," } else { "" };
        format!("{open}\n{inside}{entries}{last}\n{}{close}", " ".repeat(self.indent * depth))
    }
}

/// A text in Python, in the quotes of which fewer have to be escaped.
pub fn python_text(text: &str) -> String {
    let count = |sign| text.matches(sign).count();
    quoted(text, if count('"') > count('\'') { '\'' } else { '"' }, |_, _| false)
}

/// A text in JavaScript.
pub fn javascript_text(text: &str) -> String {
    quoted(text, '"', |_, _| false)
}

/// A text in Go.
pub fn go_text(text: &str) -> String {
    quoted(text, '"', |_, _| false)
}

/// A text in Ruby, where `#` may begin something that is looked at.
pub fn ruby_text(text: &str) -> String {
    quoted(text, '"', |sign, next| sign == '#' && matches!(next, Some('{' | '$' | '@')))
}

/// A text as one word of a POSIX shell, nothing of which is looked at.
pub fn shell_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A value as a raw text in Go that holds its JSON.
pub fn go_json(value: &Value) -> String {
    // Backticks can only be inside a JSON text, where there is another way to write them.
    format!("`{}`", json(value).replace('`', "\\u0060"))
}

/// A value as JSON on several lines, in which every sign can be seen.
pub fn json(value: &Value) -> String {
    let text = format!("{value:#}");
    text.chars().fold(String::with_capacity(text.len()), |mut shown, sign| {
        if sign != '\n' && is_hidden(sign) {
            escape(&mut shown, sign);
        } else {
            shown.push(sign);
        }
        shown
    })
}

fn javascript_key(name: &str) -> String {
    // As a plain name it would be the object's prototype.
    match name {
        "__proto__" => "[\"__proto__\"]: ".to_owned(),
        name if is_identifier(name) => format!("{name}: "),
        name => format!("{}: ", javascript_text(name)),
    }
}

fn ruby_key(name: &str) -> String {
    if is_identifier(name) { format!("{name}: ") } else { format!("{}: ", ruby_text(name)) }
}

/// Letters, digits and underscores, with no digit first: a name in every language.
fn is_identifier(name: &str) -> bool {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    name.starts_with(|first: char| is_part(first) && !first.is_ascii_digit()) && name.chars().all(is_part)
}

/// Not to be seen, or seen as something else: control signs, what turns the direction of writing, marks of byte order.
fn is_hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The one way to write a sign by its number that all of these languages know; every sign hidden has four digits.
fn escape(shown: &mut String, sign: char) {
    // Writing to a text cannot fail.
    let _ = write!(shown, "\\u{:04x}", u32::from(sign));
}

fn quoted(text: &str, quote: char, is_special: fn(char, Option<char>) -> bool) -> String {
    let mut shown = String::from(quote);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            sign if is_hidden(sign) => escape(&mut shown, sign),
            sign => {
                if sign == quote || sign == '\\' || is_special(sign, signs.peek().copied()) {
                    shown.push('\\');
                }
                shown.push(sign);
            }
        }
    }
    shown.push(quote);
    shown
}
