//! Answers against what the document says of them.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::table::Operation;
use crate::support::Answer;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(portcullis_api::http::openapi::document()).unwrap());

/// Headers the document has to name.
const HEADERS: [&str; 4] = ["X-Request-Id", "Idempotent-Replayed", "ETag", "Retry-After"];

/// Are headers and fields those the document promises?
pub(super) fn check(operation: &Operation, answer: &Answer) {
    let status = answer.status.as_u16();
    let what = format!("{} {status}", operation.id);
    let method = operation.method.to_lowercase();
    let told = &DOCUMENT["paths"][&operation.path][method]["responses"][status.to_string()];
    for header in HEADERS {
        let sent = answer.header(header).is_some();
        let named = told["headers"].get(header).is_some();
        // Only a repeated answer says that it is, and only some failures of 3dEye say how long to wait.
        let may_lack = header == "Idempotent-Replayed" || (status == 502 && header == "Retry-After");
        assert!(named == sent || (named && may_lack), "{what}: {header} is sent: {sent}");
    }
    fields(&told["content"]["application/json"]["schema"], &answer.body, &what);
}

/// Every required field is there, and one that is there though it holds nothing is required.
fn fields(schema: &Value, value: &Value, what: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        return fields(DOCUMENT.pointer(name.trim_start_matches('#')).unwrap(), value, what);
    }
    for schema in schema["allOf"].as_array().into_iter().flatten() {
        fields(schema, value, what);
    }
    // Null or one thing; of several things it is not known which.
    let things: Vec<_> = schema["oneOf"].as_array().into_iter().flatten().filter(|it| it["type"] != "null").collect();
    if let [schema] = things[..]
        && !value.is_null()
    {
        fields(schema, value, what);
    }
    match value {
        Value::Object(sent) => object(schema, sent, what),
        Value::Array(items) => items.iter().for_each(|item| fields(&schema["items"], item, what)),
        _ => {}
    }
}

fn object(schema: &Value, sent: &Map<String, Value>, what: &str) {
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for name in &required {
        assert!(sent.contains_key(*name), "{what}: {name} is required and was not sent");
    }
    let Some(properties) = schema["properties"].as_object() else { return };
    for (name, value) in sent {
        let Some(schema) = properties.get(name) else { continue };
        assert!(
            !value.is_null() || required.contains(&name.as_str()),
            "{what}: {name} is sent as null and not required"
        );
        fields(schema, value, &format!("{what} {name}"));
    }
}
