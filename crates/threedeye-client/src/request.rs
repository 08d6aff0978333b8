//! A call as data: everything about it that does not depend on who sends it, when, and how.

use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;

use crate::operation::Operation;

/// Whether sending the same call twice does harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Reads, or leads to the same state however often it is sent.
    Repeatable,
    /// Each sending may make something new.
    Once,
}

pub(crate) struct Request {
    pub(crate) operation: Operation,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
    pub(crate) effect: Effect,
    /// Whether 404 is an answer like any other.
    pub(crate) absence_is_answer: bool,
    /// What in the body must not show up in errors, should the remote quote it.
    pub(crate) private: Vec<SecretString>,
}

impl Request {
    pub(crate) fn new(operation: Operation, method: Method, path: String) -> Self {
        Self {
            operation,
            method,
            path,
            query: Vec::new(),
            body: None,
            effect: Effect::Repeatable,
            absence_is_answer: false,
            private: Vec::new(),
        }
    }

    pub(crate) fn query(mut self, query: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.query.extend(query);
        self
    }

    pub(crate) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(crate) fn once(mut self) -> Self {
        self.effect = Effect::Once;
        self
    }

    pub(crate) fn maybe_absent(mut self) -> Self {
        self.absence_is_answer = true;
        self
    }

    pub(crate) fn private(mut self, values: impl IntoIterator<Item = SecretString>) -> Self {
        self.private.extend(values);
        self
    }
}
