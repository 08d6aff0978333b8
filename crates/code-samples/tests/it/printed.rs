//! Whole samples.

use serde_json::{Value, json};

use crate::support::{document, samples};

/// Compares all five with what is kept.
fn expect(name: &str, operation: &Value) {
    let shown = samples(&document(operation)).into_iter().flat_map(|of| of.samples);
    let shown = shown.map(|sample| format!("===== {} =====\n{}", sample.label, sample.source)).collect::<Vec<_>>();
    let shown = shown.concat();
    insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!(name, shown) });
}

fn json_answer() -> Value {
    json!({"200": {"content": {"application/json": {}}}})
}

#[test]
fn a_command() {
    expect(
        "a_command",
        &json!({
            "operationId": "addThing",
            "security": [{"apiKey": []}],
            "parameters": [{"name": "Idempotency-Key", "in": "header"}],
            "requestBody": {"content": {"application/json": {"example": {
                "name": "bicycle", "new": true, "sold": false, "owner": null, "weight": 12.5, "tags": ["red", "fast"],
                "parts": [{"name": "wheel", "tags": []}], "extra": {}, "per-hour": 3,
            }}}},
            "responses": json_answer(),
        }),
    );
}

#[test]
fn a_search() {
    expect(
        "a_search",
        &json!({
            "security": [{"adminKey": [], "jwt": []}],
            "parameters": [
                {"name": "name", "in": "query", "required": true, "example": "red & fast"},
                {"name": "per-page", "in": "query", "required": true, "example": 50},
            ],
            "responses": json_answer(),
        }),
    );
}

#[test]
fn a_text() {
    expect("a_text", &json!({"responses": {"200": {"content": {"text/plain": {}}}}}));
}

#[test]
fn awkward_words() {
    expect(
        "awkward_words",
        &json!({
            "requestBody": {"content": {"application/json": {"example": {
                "a 'b'": "it's \"so\" \\ `$HOME` ${HOME} $(id) #{1 + 1} #$0 %s !", "__proto__": "żółć 🚲\n\t\u{7f}\u{202e}\u{feff}",
            }}}},
            "parameters": [{"name": "X-Note", "in": "header", "required": true, "example": "it's \"$HOME\" #{1} \\ `id`"}],
        }),
    );
}
