//! curl, in a POSIX shell.

use crate::TIMEOUT;
use crate::call::{Call, Header, Shown};
use crate::encoding;
use crate::literal::{json, shell_text};

pub(crate) fn print(call: &Call) -> String {
    let url = format!("\"${}{}{}\"", call.base, call.path, encoding::query(&call.query));
    let mut parts = vec![format!("curl --fail-with-body --silent --show-error --max-time {TIMEOUT}")];
    parts.push(if call.method == "GET" { url } else { format!("--request {} {url}", call.method) });
    parts.extend(call.headers.iter().map(|header| format!("--header {}", word(header))));
    parts.extend(call.body.iter().map(|body| format!("--data {}", shell_text(&json(body)))));
    parts.join(" \\\n  ") + "\n"
}

fn word(Header { name, value }: &Header) -> String {
    match value {
        Shown::Literal(text) => shell_text(&format!("{name}: {text}")),
        Shown::Variable { before, name: variable } => format!("\"{name}: {before}${variable}\""),
    }
}
