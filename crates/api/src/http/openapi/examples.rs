//! Examples of whole bodies, made of the examples of their parts.

use serde_json::{Map, Value};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{Content, OpenApi, RefOr};

use super::{answers, contents, operations};

/// Gives every request body and every answer of success an example, where the handler gave none.
pub(super) fn complete(document: &mut OpenApi) {
    let schemas = document.components.as_ref().map(|components| serde_json::json!(components.schemas));
    let schemas = Schemas(schemas.unwrap_or_default());
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            request(&schemas, operation);
            let id = last_path_parameter(operation);
            let makes = operation.responses.responses.contains_key("201");
            for (status, answer) in answers(operation).filter(|(status, _)| status.starts_with('2')) {
                let found = makes && status == "200";
                contents(answer).for_each(|content| succeed(&schemas, content, id.as_ref(), found));
            }
        }
    }
}

fn request(schemas: &Schemas, operation: &mut Operation) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    for content in body.content.values_mut() {
        if let RefOr::T(content) = content
            && let Some(example) = schemas.example_for(content)
        {
            content.example = Some(example);
        }
    }
}

/// The aggregate of an answer is the one of the path, and what was there already has no event.
fn succeed(schemas: &Schemas, content: &mut Content, id: Option<&Value>, found: bool) {
    let Some(mut example) = schemas.example_for(content) else { return };
    if let (Some(told), Some(id)) = (example.get_mut("aggregateId"), id) {
        *told = id.clone();
    }
    if let (Some(event), true) = (example.get_mut("event"), found) {
        *event = Value::Null;
    }
    content.example = Some(example);
}

pub(super) fn last_path_parameter(operation: &Operation) -> Option<Value> {
    let mut parameters = operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let last = parameters.rfind(|parameter| parameter.parameter_in == ParameterIn::Path)?;
    serde_json::json!(last).get("example").cloned()
}

/// The schemas of the document, by their names.
struct Schemas(Value);

impl Schemas {
    /// Of a body that has none yet.
    fn example_for(&self, content: &Content) -> Option<Value> {
        if content.example.is_some() || !content.examples.is_empty() {
            return None;
        }
        content.schema.as_ref().map(|schema| self.example(&serde_json::json!(schema)))
    }

    /// Its own example, or one made of those of its parts; of several alternatives the first that is not null.
    fn example(&self, schema: &Value) -> Value {
        let list = |key: &str| schema.get(key).and_then(Value::as_array).filter(|list| !list.is_empty());
        let first = |key| list(key).and_then(|list| list.first());
        if let Some(example) = schema.get("example").or_else(|| first("examples")).or_else(|| first("enum")) {
            return example.clone();
        }
        if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.rsplit('/').next()) {
            return self.0.get(name).map(|named| self.example(named)).unwrap_or_default();
        }
        if let Some(alternatives) = list("oneOf").or_else(|| list("anyOf")) {
            let one = alternatives.iter().find(|one| one.get("type").is_none_or(|kind| kind != "null"));
            return one.map(|one| self.example(one)).unwrap_or_default();
        }
        if let Some(item) = schema.get("items") {
            return vec![self.example(item)].into();
        }
        let mut fields = Map::new();
        for part in list("allOf").into_iter().flatten() {
            if let Value::Object(part) = self.example(part) {
                fields.extend(part);
            }
        }
        for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            fields.insert(name.clone(), self.example(schema));
        }
        if fields.is_empty() { Value::Null } else { fields.into() }
    }
}
