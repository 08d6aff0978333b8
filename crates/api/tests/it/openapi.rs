//! The OpenAPI document.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::support::TestApp;

fn document() -> Value {
    serde_json::to_value(portcullis_api::http::openapi::document()).unwrap()
}

/// `docs/openapi.json` is what `portcullis openapi` prints.
#[test]
fn the_document_checked_in_is_the_one_generated() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let generated = document();
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(kept == generated, "docs/openapi.json is old: write it anew with `portcullis openapi > docs/openapi.json`");
}

#[test]
fn every_operation_is_described_whole() {
    let document = document();
    let known: Vec<_> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let what = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{what} shares its id");
            let summary = operation["summary"].as_str().unwrap();
            assert!(summary.len() <= 48 && !summary.contains(['\n', '.']), "{what}: {summary}");
            assert!(operation["description"].as_str().unwrap().len() > 20, "{what}");
            let [tag] = &operation["tags"].as_array().unwrap()[..] else { panic!("{what} has several tags") };
            assert!(known.contains(&tag), "{what}: {tag}");
            for alternative in operation["security"].as_array().unwrap() {
                assert!(alternative.as_object().unwrap().keys().all(|name| schemes.contains_key(name)), "{what}");
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = &parameter["name"];
                assert!(parameter["description"].is_string(), "{what} {name}");
                let shown = parameter.get("example").is_some() || parameter["schema"].get("examples").is_some();
                assert!(shown || parameter["required"] == false, "{what} {name}");
            }
            // These two take nothing that could be wrong.
            let refuses = operation["responses"].as_object().unwrap().keys().any(|status| status.starts_with('4'));
            assert!(refuses || ["/healthz", "/readyz"].contains(&path.as_str()), "{what}");
        }
    }
}

#[test]
fn answers_name_their_headers() {
    let document = document();
    for (path, item) in document["paths"].as_object().unwrap() {
        let rocketchat = path.starts_with("/api/v1");
        for (method, operation) in item.as_object().unwrap() {
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let named = |header: &str| {
                    let told = &answer["headers"][header]["$ref"];
                    told.as_str().is_some_and(|told| document.pointer(&told[1..]).is_some())
                };
                let what = format!("{method} {path} {status}");
                assert!(named("X-Request-Id"), "{what}");
                let waits = ["502", "503"].contains(&status.as_str()) || (rocketchat && status == "429");
                assert_eq!(named("Retry-After"), waits, "{what}");
                if method != "get" && status.starts_with('2') {
                    // These are about no one aggregate, which would have a version.
                    let many = ["/admin/backfill-threedeye", "/admin/threedeye/drift/repair"].contains(&path.as_str());
                    let versioned = !rocketchat && !many;
                    assert_eq!((named("Idempotent-Replayed"), named("ETag")), (!rocketchat, versioned), "{what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn the_document_is_served() {
    let test = TestApp::with(|settings| settings.public_url = Some("https://api.example".to_owned()));
    let answer = test.get("/openapi.json", &[]).await.expect(200);
    assert_eq!(answer.body["openapi"], "3.1.0");
    assert_eq!(answer.body["servers"][0]["url"], "https://api.example");
}
