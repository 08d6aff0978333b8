//! What is read from an operation; curl shows it as it is.

use serde_json::{Value, json};

use crate::support::{curl, document, samples};

fn parameter(name: &str, place: &str, required: bool, example: &Value) -> Value {
    json!({"name": name, "in": place, "required": required, "example": example})
}

fn lines(operation: &Value) -> Vec<String> {
    curl(&document(operation)).lines().skip(1).map(|line| line.trim().trim_end_matches(" \\").to_owned()).collect()
}

#[test]
fn parameters_that_are_needed_or_wanted_are_shown() {
    let shown = lines(&json!({"parameters": [
        parameter("q", "query", true, &json!("a b&c")),
        parameter("cursor", "query", false, &json!("x")),
        {"$ref": "#/components/parameters/Limit"},
        parameter("X-Kind", "header", true, &json!("fast")),
        parameter("If-Match", "header", false, &json!("\"3\"")),
    ]}));
    assert_eq!(shown, ["\"$SHOP/things?q=a%20b%26c&limit=20\"", "--header 'X-Kind: fast'"]);
}

#[test]
fn parameters_of_a_path_count_for_its_operations() {
    let mut whole = document(&json!({}));
    let paths = whole["paths"].as_object_mut().unwrap();
    let mut item = paths.remove("/things").unwrap();
    item["parameters"] = json!([parameter("id", "path", true, &json!("a/b ?"))]);
    paths.insert("/things/{id}".to_owned(), item);
    assert!(curl(&whole).contains("\"$SHOP/things/a%2Fb%20%3F\""));
}

#[test]
fn an_operation_has_a_key_of_its_own() {
    let key = parameter("Idempotency-Key", "header", false, &json!("the same for all"));
    let shown = lines(&json!({"operationId": "sellAThing", "parameters": [key]}));
    assert_eq!(shown[1], "--header 'Idempotency-Key: sell-athing-1'");
}

#[test]
fn the_best_way_in_is_shown() {
    let taken =
        |operation: &str, security: Value| lines(&json!({"operationId": operation, "security": security})).split_off(1);
    let all = json!([{"adminKey": [], "jwt": []}, {"jwt": []}, {"apiKey": []}]);
    let staff = ["--header \"X-Admin-API-Key: $ADMIN_KEY\"", "--header \"Authorization: Bearer $STAFF_TOKEN\""];
    assert_eq!(taken("sell", all.clone()), ["--header \"X-API-Key: $API_KEY\""]);
    assert_eq!(taken("closeShop", all), staff);
    assert_eq!(taken("sell", json!([{"adminKey": [], "jwt": []}])), staff);
    let proved = ["--header \"X-Session: $SESSION\"", "--header 'X-Method: totp'"];
    assert_eq!(taken("sell", json!([{"session": []}, {"session": [], "method": []}])), proved);
    assert_eq!(taken("sell", json!([{}])), [""; 0]);
    assert_eq!(taken("sell", json!([{"newKind": []}])), ["--header \"X-New: $NEW_KIND\""]);
}

#[test]
fn what_the_whole_document_asks_for_counts_where_an_operation_says_nothing() {
    let mut whole = document(&json!({}));
    whole["security"] = json!([{"apiKey": []}]);
    assert!(curl(&whole).contains("$API_KEY"));
    whole["paths"]["/things"]["get"]["security"] = json!([]);
    assert!(!curl(&whole).contains("$API_KEY"));
}

#[test]
fn a_body_is_the_example_or_made_of_its_parts() {
    let body = |content: Value| {
        let shown = curl(&document(&json!({"requestBody": {"content": {"application/json": content}}})));
        let (_, body) = shown.split_once("--data '").unwrap();
        serde_json::from_str::<Value>(body.trim_end().trim_end_matches('\'')).unwrap()
    };
    let schema = json!({"$ref": "#/components/schemas/Thing"});
    assert_eq!(body(json!({"schema": schema, "example": {"name": "boat"}})), json!({"name": "boat"}));
    let named = json!({"a boat": {"value": {"name": "boat"}}, "b": {"value": 1}});
    assert_eq!(body(json!({"schema": schema, "examples": named})), json!({"name": "boat"}));
    let made = body(json!({"schema": {"oneOf": [{"type": "null"}, schema]}}));
    assert_eq!((&made["name"], &made["colour"], &made["weight"]), (&json!("bicycle"), &json!("red"), &json!(1)));
    // A thing of things ends somewhere.
    assert_eq!(made["parts"][0]["parts"][0]["name"], "bicycle");
}

#[test]
fn every_operation_has_every_language() {
    let mut whole = document(&json!({}));
    whole["paths"]["/things"]["delete"] = json!({});
    let samples = samples(&whole);
    assert_eq!(samples.iter().map(|of| of.method.as_str()).collect::<Vec<_>>(), ["get", "delete"]);
    for of in samples {
        let shown: Vec<_> = of.samples.iter().map(|sample| (sample.lang, sample.label)).collect();
        let known =
            [("shell", "curl"), ("python", "Python"), ("javascript", "JavaScript"), ("go", "Go"), ("ruby", "Ruby")];
        assert_eq!((of.path.as_str(), shown), ("/things", known.to_vec()));
    }
}
