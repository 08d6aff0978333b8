//! JavaScript: a module for Node, with its own fetch.

use crate::TIMEOUT;
use crate::call::{Call, Shown};
use crate::literal::{JAVASCRIPT, javascript_text};

pub(crate) fn print(call: &Call) -> String {
    let (query, url_query) = if call.query.is_empty() {
        (String::new(), "")
    } else {
        let pairs = call.query.iter().map(|(name, value)| (name.as_str(), javascript_text(value)));
        (format!("const query = new URLSearchParams({});\n", JAVASCRIPT.map(pairs, 0)), "?${query}")
    };
    let mut options = Vec::new();
    if call.method != "GET" {
        options.push(format!("method: \"{}\"", call.method));
    }
    if !call.headers.is_empty() {
        let headers = call.headers.iter().map(|header| (header.name.as_str(), value(&header.value)));
        options.push(format!("headers: {}", JAVASCRIPT.map(headers, 1)));
    }
    options.extend(call.body.iter().map(|body| format!("body: JSON.stringify({})", JAVASCRIPT.value(body, 1))));
    options.push(format!("signal: AbortSignal.timeout({TIMEOUT}_000)"));
    let options = JAVASCRIPT.block(['{', '}'], &options, 0);
    let (base, path) = (&call.base, &call.path);
    let read = if call.answers_json { "json" } else { "text" };
    format!(
        "{query}const url = `${{process.env.{base}}}{path}{url_query}`;\nconst response = await fetch(url, {options});\n\
         if (!response.ok) {{\n  console.error(response.status, await response.text());\n  process.exit(1);\n}}\n\
         console.log(await response.{read}());\n"
    )
}

fn value(value: &Shown) -> String {
    match value {
        Shown::Literal(text) => javascript_text(text),
        Shown::Variable { before: "", name } => format!("process.env.{name}"),
        Shown::Variable { before, name } => format!("`{before}${{process.env.{name}}}`"),
    }
}
