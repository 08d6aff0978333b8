//! Samples of how to call an HTTP API, made from its `OpenAPI` document: for every operation a complete program in curl,
//! Python, JavaScript, Go and Ruby, in the form of `x-codeSamples`, which Redocly, Scalar and others show.
//!
//! A sample is made in two steps. [`call`] reads an operation into a call that knows no language: path and query with the
//! document's examples, headers, body, and credentials as names of environment variables. Then each language prints it.
//! What a document cannot say, such as the variables' names, are [`Conventions`].
//!
//! Bodies are JSON, and credentials are headers. Of query parameters only single values are known.
//!
//! To add a language: a file with `print(&Call) -> String`, its entry in [`LANGUAGES`], and its way to write literals in
//! `literal.rs`, if it has one of its own.

#![warn(missing_docs)]

mod call;
mod conventions;
mod curl;
mod encoding;
mod example;
mod go;
mod javascript;
pub mod literal;
mod python;
mod ruby;

use serde::Serialize;
use serde_json::Value;

pub use self::conventions::{Conventions, Source, Way};

use self::call::Call;

/// Seconds after which a sample gives up.
const TIMEOUT: u32 = 30;

/// A language samples are printed in.
#[derive(Debug)]
struct Language {
    lang: &'static str,
    label: &'static str,
    print: fn(&Call) -> String,
}

/// In the order they are shown. Readers of the document know the names in the first column.
const LANGUAGES: [Language; 5] = [
    Language { lang: "shell", label: "curl", print: curl::print },
    Language { lang: "python", label: "Python", print: python::print },
    Language { lang: "javascript", label: "JavaScript", print: javascript::print },
    Language { lang: "go", label: "Go", print: go::print },
    Language { lang: "ruby", label: "Ruby", print: ruby::print },
];

/// An entry of `x-codeSamples`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// The language, as readers of the document call it to colour the source.
    pub lang: &'static str,
    /// What to show it under.
    pub label: &'static str,
    /// A complete program.
    pub source: String,
}

/// The samples of one operation.
#[derive(Debug, Clone)]
pub struct Samples {
    /// The path, as in the document.
    pub path: String,
    /// The method, in small letters as in the document.
    pub method: String,
    /// One for each language.
    pub samples: Vec<Sample>,
}

/// Samples for every operation of a document.
pub fn of(document: &Value, conventions: &Conventions<'_>) -> Vec<Samples> {
    let calls = call::all(document, conventions);
    let print =
        |call: &Call| LANGUAGES.map(|Language { lang, label, print }| Sample { lang, label, source: print(call) });
    calls.into_iter().map(|(path, method, call)| Samples { path, method, samples: print(&call).into() }).collect()
}
