//! Texts of any kind, read back by the rules of each language.

use code_samples::literal::{go_json, go_text, javascript_text, json, python_text, ruby_text, shell_text};
use proptest::prelude::*;
use serde_json::Value;

/// What is inside quotes, with escapes taken back as Python, JavaScript, Go and Ruby all do; none if a quote ends it early
/// or an escape is none that all of them know.
fn read(source: &str) -> Option<String> {
    let quote = source.chars().next()?;
    let inside = source.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut signs = inside.chars();
    let mut text = String::new();
    while let Some(sign) = signs.next() {
        text.push(match sign {
            '\\' => match signs.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => {
                    let digits: String = signs.by_ref().take(4).collect();
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                }
                itself @ ('\\' | '"' | '\'' | '#') => itself,
                _ => return None,
            },
            sign if sign == quote || sign.is_control() => return None,
            sign => sign,
        });
    }
    Some(text)
}

/// A word of a shell: quoted pieces and escaped quotes in turn.
fn read_shell(source: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = source;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("\\'") {
            text.push('\'');
            rest = after;
        } else {
            let (piece, after) = rest.strip_prefix('\'')?.split_once('\'')?;
            text.push_str(piece);
            rest = after;
        }
    }
    Some(text)
}

/// Texts with many of the signs that mean something somewhere.
fn texts() -> impl Strategy<Value = String> {
    let awkward = prop::sample::select(vec![
        "\"", "'", "\\", "\n", "\r", "\t", "$", "${", "$(", "`", "#", "#{", "#$", "#@", "{", "}", "%", "!", "\0",
        "\u{7f}", "\u{85}", "\u{2028}", "\u{202e}", "\u{feff}", "é", "🚲", "a", " ", "\\u0041", "\\n",
    ]);
    let many = prop::collection::vec(awkward, 0..12).prop_map(|parts| parts.concat());
    prop_oneof![many, any::<String>()]
}

fn values() -> impl Strategy<Value = Value> {
    let single = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts().prop_map(Value::from)
    ];
    single.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((texts(), inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn quoted_texts_are_what_they_were(text in texts()) {
        for write in [python_text, javascript_text, go_text, ruby_text] {
            prop_assert_eq!(read(&write(&text)), Some(text.clone()));
        }
    }

    #[test]
    fn python_escapes_as_few_quotes_as_it_can(text in texts()) {
        let few = text.matches('"').count().min(text.matches('\'').count());
        let shown = python_text(&text);
        let quote = shown.chars().next().unwrap();
        prop_assert_eq!(text.matches(quote).count(), few);
    }

    /// Nothing in a text of Ruby is looked at: every `#` before one of these has an odd number of backslashes before it.
    #[test]
    fn ruby_looks_at_nothing(text in texts()) {
        let shown = ruby_text(&text);
        for (at, _) in shown.match_indices('#') {
            let is_special = shown[at + 1..].starts_with(['{', '$', '@']);
            let slashes = shown[..at].chars().rev().take_while(|sign| *sign == '\\').count();
            prop_assert!(!is_special || slashes % 2 == 1, "{}", shown);
        }
    }

    #[test]
    fn words_of_a_shell_are_what_they_were(text in texts()) {
        prop_assert_eq!(read_shell(&shell_text(&text)), Some(text));
    }

    #[test]
    fn json_is_what_it_was(value in values()) {
        prop_assert_eq!(&serde_json::from_str::<Value>(&json(&value)).unwrap(), &value);
        let raw = go_json(&value);
        let inside = raw.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).unwrap();
        let ends = inside.contains(['`', '\r', '\u{feff}']);
        prop_assert!(!ends);
        prop_assert_eq!(serde_json::from_str::<Value>(inside).unwrap(), value);
    }
}
