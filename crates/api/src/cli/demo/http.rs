//! Requests over real HTTP, printed as they go.

use std::time::Duration;

use anyhow::{Context, ensure};
use reqwest::{Client, Method};
use serde_json::Value;

use crate::cli::say;

/// Headers and fields of which only the beginning is printed.
const SECRET: [&str; 9] = [
    "authorization",
    "x-api-key",
    "x-admin-api-key",
    "x-auth-token",
    "x-2fa-code",
    "password",
    "authToken",
    "code",
    "secret",
];

/// A client that tells what it does.
pub(super) struct Telling {
    client: Client,
    base: String,
}

/// A request.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) headers: &'a [(&'a str, &'a str)],
    pub(super) body: Option<Value>,
}

impl Telling {
    pub(super) fn new(base: &str) -> anyhow::Result<Self> {
        // Plain HTTP to this machine: no store of certificate authorities is needed, and none may be there.
        let builder = Client::builder().tls_certs_only([]).timeout(Duration::from_secs(30));
        let client = builder.redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { client, base: base.to_owned() })
    }

    /// Sends, without a word.
    pub(super) async fn quietly(&self, ask: &Ask<'_>) -> anyhow::Result<(u16, Value)> {
        let mut request = self.client.request(ask.method.clone(), format!("{}{}", self.base, ask.path));
        for (name, value) in ask.headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = &ask.body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(reqwest::Error::without_url)?;
        let status = answer.status().as_u16();
        let text = answer.text().await.map_err(reqwest::Error::without_url)?;
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? };
        Ok((status, body))
    }

    /// Sends what must succeed, without a word.
    pub(super) async fn set_up(&self, ask: &Ask<'_>) -> anyhow::Result<Value> {
        let (status, body) = self.quietly(ask).await?;
        ensure!((200..300).contains(&status), "{} answered {status}: {body}", ask.path);
        Ok(body)
    }

    /// Sends, and prints request and answer.
    pub(super) async fn aloud(&self, ask: &Ask<'_>) -> anyhow::Result<(u16, Value)> {
        say(format_args!("> {} {}", ask.method, ask.path))?;
        for (name, value) in ask.headers {
            say(format_args!("> {name}: {}", shortened(name, value)))?;
        }
        if let Some(body) = &ask.body {
            print_body('>', body)?;
        }
        let (status, body) = self.quietly(ask).await?;
        say(format_args!("< {status}"))?;
        print_body('<', &body)?;
        say(format_args!(""))?;
        Ok((status, body))
    }

    /// As [`aloud`](Self::aloud), for what must succeed.
    pub(super) async fn expect(&self, ask: &Ask<'_>) -> anyhow::Result<Value> {
        let (status, body) = self.aloud(ask).await?;
        ensure!((200..300).contains(&status), "{} answered {status}", ask.path);
        Ok(body)
    }
}

fn print_body(mark: char, body: &Value) -> anyhow::Result<()> {
    let mut shown = body.clone();
    hide(&mut shown);
    for line in serde_json::to_string_pretty(&shown).context("a JSON value has a text form")?.lines() {
        say(format_args!("{mark} {line}"))?;
    }
    Ok(())
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) => *text = shortened(name, text),
                    other => hide(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        _ => {}
    }
}

fn shortened(name: &str, value: &str) -> String {
    let is_secret = SECRET.iter().any(|secret| secret.eq_ignore_ascii_case(name));
    // Enough to tell one from another, never enough to use.
    match value.char_indices().nth(8) {
        Some((end, _)) if is_secret => format!("{}…", &value[..end]),
        _ if is_secret => "…".to_owned(),
        _ => value.to_owned(),
    }
}
