//! The examples of the OpenAPI document: there is one of everything, and none is of what is never sent.

use portcullis_domain::port::TotpCodes;
use portcullis_domain::text::UserName;
use portcullis_domain::totp::TotpSecret;
use portcullis_testkit::fake::FakeTotpCodes;
use serde_json::{Value, json};

fn document() -> Value {
    serde_json::to_value(portcullis_api::http::openapi::document()).unwrap()
}

/// All bodies: of what, and the part of the document.
fn contents(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let asked = [("request", &operation["requestBody"])].into_iter();
            let answers =
                operation["responses"].as_object().unwrap().iter().map(|(status, told)| (status.as_str(), told));
            for (what, body) in asked.chain(answers) {
                for content in body["content"].as_object().into_iter().flat_map(serde_json::Map::values) {
                    found.push((format!("{method} {path} {what}"), content));
                }
            }
        }
    }
    found
}

fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let named = |name: &Value| document.pointer(name.as_str()?.strip_prefix('#')?);
    schema.get("$ref").map_or(schema, |name| named(name).expect("a schema of the document"))
}

/// Texts and numbers without an example. What an event holds differs from one to the next, and its name with it.
fn bare(document: &Value, schema: &Value, path: &str, found: &mut Vec<String>) {
    // Beside a reference may stand an example for this one place.
    let shown = |schema: &Value| schema.get("example").is_some() || schema.get("examples").is_some();
    if shown(schema) || shown(resolved(document, schema)) || path.ends_with(".event.type") {
        return;
    }
    let schema = resolved(document, schema);
    let parts = ["allOf", "oneOf"].into_iter().flat_map(|key| schema[key].as_array().into_iter().flatten());
    parts.for_each(|part| bare(document, part, path, found));
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        bare(document, schema, &format!("{path}.{name}"), found);
    }
    if schema.get("items").is_some() {
        bare(document, &schema["items"], &format!("{path}[]"), found);
    }
    let kinds = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
    if ["string", "integer", "number"].into_iter().any(|kind| kinds.contains(&json!(kind))) {
        found.push(path.to_owned());
    }
}

#[test]
fn every_body_has_an_example_of_each_text_and_number() {
    let document = document();
    let mut found = Vec::new();
    for (what, content) in contents(&document) {
        if content.get("example").is_none() && content.get("examples").is_none() {
            assert!(content["schema"].is_object(), "{what}");
            bare(&document, &content["schema"], &what, &mut found);
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_body_is_shown_whole() {
    let document = document();
    for (what, content) in contents(&document) {
        let shown = content.get("example").is_some() || content.get("examples").is_some();
        // What a schema is an example of needs none beside it.
        let of = resolved(&document, &content["schema"]);
        let apart = of["properties"]
            .as_object()
            .is_some_and(|fields| fields.values().all(|field| field.get("example").is_some()));
        assert!(shown || of.get("example").is_some() || apart, "{what}");
    }
}

/// Examples of whole bodies, with the schema each is of.
fn examples(document: &Value) -> Vec<(String, &Value, &Value)> {
    let mut found = Vec::new();
    for (what, content) in contents(document) {
        let named = content["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]);
        for example in content.get("example").into_iter().chain(named) {
            found.push((what.clone(), &content["schema"], example));
        }
    }
    found
}

#[test]
fn examples_have_the_fields_of_what_they_are_of() {
    let document = document();
    let examples = examples(&document);
    assert!(examples.len() >= 400, "{}", examples.len());
    for (what, schema, example) in examples {
        let schema = resolved(&document, schema);
        let (Some(known), Some(sent)) = (schema["properties"].as_object(), example.as_object()) else { continue };
        assert!(sent.keys().all(|name| known.contains_key(name)), "{what}: {example}");
        let mut required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        assert!(required.all(|name| sent.contains_key(name)), "{what}: {example}");
    }
}

#[test]
fn examples_of_failures_are_in_the_form_of_the_contract() {
    let document = document();
    let mut checked = 0;
    for (what, schema, example) in examples(&document) {
        let of = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()).unwrap_or_default();
        if of != "RocketChatError" && of != "RocketChatUnauthorized" {
            continue;
        }
        assert_eq!(example["success"], json!(false), "{what}");
        if let Some(code) = example["errorType"].as_str() {
            assert!(example["error"].as_str().unwrap().ends_with(&format!(" [{code}]")), "{what}: {example}");
        }
        let asks = ["totp-required", "totp-invalid", "totp-max-attempts"]
            .into_iter()
            .any(|code| example["errorType"] == code || example["error"] == code);
        let mailed = example["details"]["method"] == "email";
        let keys: Vec<_> = example["details"].as_object().into_iter().flat_map(serde_json::Map::keys).collect();
        if asks {
            let wanted: &[&str] = if mailed {
                &["availableMethods", "codeExpires", "codeGenerated", "emailOrUsername", "method"]
            } else {
                &["availableMethods", "codeGenerated", "method"]
            };
            assert_eq!(keys, wanted, "{what}");
        } else {
            assert!(keys.iter().all(|key| ["action", "field", "method"].contains(&key.as_str())), "{what}: {example}");
        }
        checked += 1;
    }
    assert!(checked >= 15, "{checked}");
}

#[test]
fn the_example_of_an_enrolment_is_one() {
    let document = document();
    let answers = &document["paths"]["/api/v1/users.totp.enable"]["post"]["responses"];
    let example = |field: &str| answers["200"]["content"]["application/json"]["example"][field].clone();
    let secret = TotpSecret::new(example("secret").as_str().unwrap());
    let url = FakeTotpCodes.provisioning_url(&secret, &UserName::parse("ada").unwrap());
    assert_eq!((secret.expose().len(), example("url")), (52, json!(url)));
}

/// A challenge at sign-in is a 401, in a body of its own.
#[test]
fn signing_in_is_challenged_with_the_right_status() {
    let document = document();
    let answers = &document["paths"]["/api/v1/login"]["post"]["responses"];
    let content = |status: &str| &answers[status]["content"]["application/json"];
    assert_eq!(content("400")["example"]["errorType"], json!("invalid-params"));
    assert_eq!(content("401")["examples"]["second factor needed"]["value"]["error"], json!("totp-required"));
}
