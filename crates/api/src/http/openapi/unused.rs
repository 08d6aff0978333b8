//! Schemas nobody refers to: those of the parts of generic types, which are written out where they are used.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

/// Leaves them out.
pub(super) fn drop(document: &mut OpenApi) {
    let Some(components) = &mut document.components else { return };
    let schemas = json!(components.schemas);
    let mut used = BTreeSet::new();
    let mut found = names(&json!(document.paths));
    while let Some(name) = found.pop() {
        if used.insert(name.clone()) {
            found.extend(schemas.get(&name).map(names).unwrap_or_default());
        }
    }
    components.schemas.retain(|name, _| used.contains(name));
}

/// The schemas a part of the document refers to.
fn names(part: &Value) -> Vec<String> {
    match part {
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str);
            let own = own.and_then(|path| path.strip_prefix("#/components/schemas/")).map(str::to_owned);
            own.into_iter().chain(fields.values().flat_map(names)).collect()
        }
        Value::Array(items) => items.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}
