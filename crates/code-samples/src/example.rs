//! A value to show for a schema.

use serde_json::{Map, Value, json};

/// Schemas inside one another, at most: one that has itself inside is not gone into for ever.
const DEPTH: usize = 16;

/// What a reference stands for; anything else stands for itself.
pub(crate) fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let target = value["$ref"].as_str().and_then(|name| document.pointer(name.strip_prefix('#')?));
    target.map_or(value, |target| resolved(document, target))
}

/// The example written beside a schema, for a parameter or a body as a whole: `example`, else the first of `examples`.
pub(crate) fn written<'d>(document: &'d Value, told: &'d Value) -> Option<&'d Value> {
    told.get("example").or_else(|| match &told["examples"] {
        Value::Object(named) => resolved(document, named.values().next()?).get("value"),
        Value::Array(examples) => examples.first(),
        _ => None,
    })
}

/// An example of what the schema describes: the one written there, else one put together from its parts.
pub(crate) fn of(document: &Value, schema: &Value) -> Value {
    made(document, schema, DEPTH)
}

fn made(document: &Value, schema: &Value, depth: usize) -> Value {
    if let Some(example) = written(document, schema) {
        return example.clone();
    }
    let schema = resolved(document, schema);
    if let Some(told) = written(document, schema).or_else(|| schema.get("default")).or_else(|| schema.get("const")) {
        return told.clone();
    }
    let Some(depth) = depth.checked_sub(1) else { return Value::Null };
    let parts = |key: &str| schema[key].as_array().into_iter().flatten();
    let is_null = |part: &&Value| part["type"] == "null";
    if let Some(choice) = parts("enum").next() {
        return choice.clone();
    }
    if let Some(part) = parts("oneOf").chain(parts("anyOf")).find(|part| !is_null(part)) {
        return made(document, part, depth);
    }
    let mut fields = Map::new();
    for part in parts("allOf") {
        if let Value::Object(more) = made(document, part, depth) {
            fields.extend(more);
        }
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        fields.insert(name.clone(), made(document, property, depth));
    }
    let named =
        schema["type"].as_str().or_else(|| parts("type").filter_map(Value::as_str).find(|kind| *kind != "null"));
    match named {
        _ if !fields.is_empty() => Value::Object(fields),
        Some("object") => json!({}),
        Some("array") => json!([made(document, &schema["items"], depth)]),
        Some("string") => json!("text"),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        _ => Value::Null,
    }
}
