//! Python, with requests.

use crate::TIMEOUT;
use crate::call::{Call, Shown};
use crate::literal::{PYTHON, python_text};

pub(crate) fn print(call: &Call) -> String {
    let mut arguments = vec![format!("f\"{{base}}{}\"", call.path)];
    if !call.query.is_empty() {
        let pairs = call.query.iter().map(|(name, value)| (name.as_str(), python_text(value)));
        arguments.push(format!("params={}", PYTHON.map(pairs, 1)));
    }
    // requests says by itself that a body is JSON.
    let headers = call.headers.iter().filter(|header| header.name != "Content-Type");
    let mut headers = headers.map(|header| (header.name.as_str(), value(&header.value))).peekable();
    if headers.peek().is_some() {
        arguments.push(format!("headers={}", PYTHON.map(headers, 1)));
    }
    arguments.extend(call.body.iter().map(|body| format!("json={}", PYTHON.value(body, 1))));
    arguments.push(format!("timeout={TIMEOUT}"));
    format!(
        "import os\nimport sys\n\nimport requests\n\nbase = os.environ[\"{}\"]\nresponse = requests.{}{}\n\
         if not response.ok:\n    sys.exit(f\"{{response.status_code}} {{response.text}}\")\nprint(response.{})\n",
        call.base,
        call.method.to_lowercase(),
        PYTHON.block(['(', ')'], &arguments, 0),
        if call.answers_json { "json()" } else { "text" },
    )
}

fn value(value: &Shown) -> String {
    match value {
        Shown::Literal(text) => python_text(text),
        Shown::Variable { before: "", name } => format!("os.environ[\"{name}\"]"),
        Shown::Variable { before, name } => format!("{} + os.environ[\"{name}\"]", python_text(before)),
    }
}
