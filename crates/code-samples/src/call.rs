//! An operation as a call that knows no language.

use serde_json::Value;

use crate::conventions::{Conventions, Source, Way};
use crate::encoding::percent;
use crate::example::{self, resolved, written};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A call.
#[derive(Debug)]
pub(crate) struct Call {
    /// In capital letters.
    pub(crate) method: String,
    /// The environment variable with the base URL.
    pub(crate) base: String,
    /// What comes after the base URL, encoded.
    pub(crate) path: String,
    /// Names and values, not encoded.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<Header>,
    /// Sent as JSON, with a header that says so.
    pub(crate) body: Option<Value>,
    /// Is the answer JSON? Otherwise it is text.
    pub(crate) answers_json: bool,
}

/// A header.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) value: Shown,
}

/// A value of a header.
#[derive(Debug)]
pub(crate) enum Shown {
    Literal(String),
    /// Something fixed, `Bearer ` for one, and a variable.
    Variable {
        before: &'static str,
        name: String,
    },
}

/// Every operation: path and method as in the document, and the call.
pub(crate) fn all(document: &Value, conventions: &Conventions<'_>) -> Vec<(String, String, Call)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        METHODS.into_iter().filter_map(move |method| Some((path, method, item, item.get(method)?)))
    });
    let read = |(path, method, item, operation)| {
        let reading = Reading { document, conventions, item, operation };
        (String::clone(path), String::from(method), reading.call(path, method))
    };
    operations.map(read).collect()
}

struct Reading<'a> {
    document: &'a Value,
    conventions: &'a Conventions<'a>,
    item: &'a Value,
    operation: &'a Value,
}

impl Reading<'_> {
    fn call(&self, path: &str, method: &str) -> Call {
        let body = self.body();
        let mut headers = self.credentials();
        if body.is_some() {
            headers.push(Header::literal("Content-Type", "application/json"));
        }
        headers.extend(self.shown("header").map(|parameter| self.header(parameter)));
        Call {
            method: method.to_uppercase(),
            base: self.conventions.base.to_owned(),
            path: self.parameters("path").fold(path.to_owned(), |path, parameter| {
                path.replace(&format!("{{{}}}", name(parameter)), &percent(&self.value(parameter)))
            }),
            query: self.shown("query").map(|parameter| (name(parameter).to_owned(), self.value(parameter))).collect(),
            headers,
            body,
            answers_json: self.answers_json(),
        }
    }

    fn id(&self) -> &str {
        self.operation["operationId"].as_str().unwrap_or("request")
    }

    fn parameters(&self, place: &str) -> impl Iterator<Item = &Value> {
        let listed = [self.item, self.operation].into_iter().filter_map(|told| told["parameters"].as_array());
        let listed = listed.flatten().map(|parameter| resolved(self.document, parameter));
        listed.filter(move |parameter| parameter["in"] == place)
    }

    /// Those without which nothing goes, and those that are to be seen.
    fn shown(&self, place: &str) -> impl Iterator<Item = &Value> {
        let is_shown =
            |parameter: &&Value| parameter["required"] == true || self.conventions.shown.contains(&name(parameter));
        self.parameters(place).filter(is_shown)
    }

    fn value(&self, parameter: &Value) -> String {
        let example = written(self.document, parameter).cloned();
        match example.unwrap_or_else(|| example::of(self.document, &parameter["schema"])) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    fn header(&self, parameter: &Value) -> Header {
        let name = name(parameter);
        if name == self.conventions.own_value {
            Header::literal(name, &format!("{}-1", with_dashes(self.id())))
        } else {
            Header::literal(name, &self.value(parameter))
        }
    }

    fn body(&self) -> Option<Value> {
        let content = resolved(self.document, &self.operation["requestBody"])["content"].get("application/json")?;
        let example = written(self.document, content).cloned();
        Some(example.unwrap_or_else(|| example::of(self.document, &content["schema"])))
    }

    /// Does it say so of what it answers when all went well?
    fn answers_json(&self) -> bool {
        let answers = self.operation["responses"].as_object().into_iter().flatten();
        let good = answers.filter(|(status, _)| status.starts_with('2'));
        let kinds = good.filter_map(|(_, answer)| resolved(self.document, answer)["content"].as_object());
        kinds.flatten().any(|(kind, _)| kind == "application/json")
    }

    fn credentials(&self) -> Vec<Header> {
        let taken = self.operation.get("security").unwrap_or(&self.document["security"]);
        let taken: Vec<Vec<&str>> = taken.as_array().into_iter().flatten().filter_map(schemes).collect();
        let is_taken = |way: &&Way<'_>| {
            taken.iter().any(|taken| taken.len() == way.len() && way.iter().all(|(scheme, _)| taken.contains(scheme)))
        };
        if let Some(way) = (self.conventions.ways)(self.id()).iter().find(is_taken) {
            return way.iter().filter_map(|(scheme, source)| self.credential(scheme, *source)).collect();
        }
        let first = taken.first().into_iter().flatten();
        let named = first.map(|scheme| (scheme, with_dashes(scheme).replace('-', "_").to_uppercase()));
        named.filter_map(|(scheme, variable)| self.credential(scheme, Source::Variable(&variable))).collect()
    }

    fn credential(&self, scheme: &str, source: Source<'_>) -> Option<Header> {
        let scheme = resolved(self.document, &self.document["components"]["securitySchemes"][scheme]);
        let (name, before) = match (scheme["type"].as_str()?, scheme["in"].as_str(), scheme["scheme"].as_str()) {
            ("apiKey", Some("header"), _) => (scheme["name"].as_str()?, ""),
            ("http", _, Some("bearer")) => ("Authorization", "Bearer "),
            _ => return None,
        };
        let value = match source {
            Source::Variable(variable) => Shown::Variable { before, name: variable.to_owned() },
            Source::Literal(text) => Shown::Literal(format!("{before}{text}")),
        };
        Some(Header { name: name.to_owned(), value })
    }
}

impl Header {
    fn literal(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), value: Shown::Literal(value.to_owned()) }
    }
}

fn name(parameter: &Value) -> &str {
    parameter["name"].as_str().unwrap_or_default()
}

fn schemes(requirement: &Value) -> Option<Vec<&str>> {
    Some(requirement.as_object()?.keys().map(String::as_str).collect())
}

/// `removeAccessibleLock` as `remove-accessible-lock`; letters that follow a capital one stay with it.
fn with_dashes(name: &str) -> String {
    let mut after_small = false;
    name.chars().fold(String::new(), |mut dashed, letter| {
        if letter.is_uppercase() && after_small {
            dashed.push('-');
        }
        after_small = !letter.is_uppercase();
        dashed.extend(letter.to_lowercase());
        dashed
    })
}
