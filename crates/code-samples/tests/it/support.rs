//! A small document, and what it does not say.

use code_samples::Source::{Literal, Variable};
use code_samples::{Conventions, Samples, Way};
use serde_json::{Value, json};

const KEY: Way<'_> = &[("apiKey", Variable("API_KEY"))];
const STAFF: Way<'_> = &[("adminKey", Variable("ADMIN_KEY")), ("jwt", Variable("STAFF_TOKEN"))];
const PROVED: Way<'_> = &[("session", Variable("SESSION")), ("method", Literal("totp"))];
const SESSION: Way<'_> = &[("session", Variable("SESSION"))];

pub(crate) const CONVENTIONS: Conventions<'_> = Conventions {
    base: "SHOP",
    ways: |operation| if operation == "closeShop" { &[STAFF] } else { &[KEY, STAFF, PROVED, SESSION] },
    shown: &["Idempotency-Key", "limit"],
    own_value: "Idempotency-Key",
};

/// A document with this one operation at `GET /things`, or at `POST /things` if it takes a body.
pub(crate) fn document(operation: &Value) -> Value {
    let method = if operation.get("requestBody").is_some() { "post" } else { "get" };
    let header = |name: &str| json!({"type": "apiKey", "in": "header", "name": name});
    json!({
        "openapi": "3.1.0",
        "paths": {"/things": {method: operation}},
        "components": {
            "securitySchemes": {
                "apiKey": header("X-API-Key"),
                "adminKey": header("X-Admin-API-Key"),
                "session": header("X-Session"),
                "method": header("X-Method"),
                "jwt": {"type": "http", "scheme": "bearer"},
                "newKind": header("X-New"),
            },
            "parameters": {
                "Limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 20}},
            },
            "schemas": {
                "Thing": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string", "example": "bicycle"},
                        "colour": {"$ref": "#/components/schemas/Colour"},
                        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                        "weight": {"type": ["number", "null"]},
                    },
                },
                "Colour": {"type": "string", "enum": ["red", "blue"]},
            },
        },
    })
}

pub(crate) fn samples(document: &Value) -> Vec<Samples> {
    code_samples::of(document, &CONVENTIONS)
}

/// The curl of a document's only operation.
pub(crate) fn curl(document: &Value) -> String {
    let mut samples = samples(document);
    assert_eq!(samples.len(), 1);
    samples.remove(0).samples.remove(0).source
}
