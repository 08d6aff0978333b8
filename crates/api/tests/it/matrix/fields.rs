//! Every field of every operation under `/api/v1` with what nobody should send: the peer's error form, never a 5xx, and
//! nothing written by what is refused.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::callers::{Caller, World};
use super::calls::Call;
use super::table::Operation;
use super::{operations, request};
use crate::support::Answer;

/// Bytes to stand for a value.
fn bad_values() -> Vec<Vec<u8>> {
    let mut values: Vec<Vec<u8>> = [
        "null",
        "true",
        "-1",
        "1.5e308",
        "123456789012345678901234567890",
        "[]",
        "[null]",
        "{}",
        r#"{"$ne":""}"#,
        "\"\"",
        "\" \"",
        r#""\u0000""#,
        r#""\u202e\u0007""#,
        r#""'; --""#,
        r#""../../etc""#,
        r#""%00%0d%0a""#,
    ]
    .into_iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    values.push(json!("a".repeat(200_000)).to_string().into_bytes());
    values.push([b"[".repeat(60), b"]".repeat(60)].concat());
    values.push(b"\"\xff\xfe\"".to_vec());
    values
}

/// The fields of a body: paths of up to two keys.
fn fields(body: &Value) -> Vec<Vec<String>> {
    let Value::Object(top) = body else { return Vec::new() };
    let mut paths = Vec::new();
    for (key, value) in top {
        paths.push(vec![key.clone()]);
        paths.extend(
            fields(value).into_iter().filter(|path| path.len() == 1).map(|path| vec![key.clone(), path[0].clone()]),
        );
    }
    paths
}

/// The body with other bytes for a field, or with the field twice.
fn changed(body: &Value, field: &[String], value: &[u8], twice: bool) -> Vec<u8> {
    const MARK: &str = "the field that is changed";
    let mut marked = body.clone();
    let old = field.iter().fold(&mut marked, |value, key| &mut value[key]);
    let sound = std::mem::replace(old, json!(MARK)).to_string();
    let text = marked.to_string();
    let (before, after) = text.split_once(&json!(MARK).to_string()).expect("the mark");
    let again = if twice { format!("{sound},{}:", json!(field.last())) } else { String::new() };
    [before.as_bytes(), again.as_bytes(), value, after.as_bytes()].concat()
}

fn told(answer: &Answer) -> bool {
    let in_form = answer.body["error"].is_string() || answer.body["message"].is_string();
    answer.header("content-type") == Some("application/json")
        && (answer.status.is_success() || (answer.body["success"] == json!(false) && in_form))
}

async fn send(world: &World, operation: &Operation, call: &Call, kind: &str, body: Vec<u8>) -> Answer {
    let headers = world.headers(Caller::AdminSession, call.second_factor);
    let (mut parts, _) = request(operation, call, &headers).into_parts();
    parts.headers.insert("content-type", kind.parse().unwrap());
    world.test.send(Request::from_parts(parts, Body::from(body))).await
}

/// All but what refused requests may count, or ask by mail: wrong codes, failed sign-ins, codes that wait.
fn rows(world: &World) -> Vec<(String, u64)> {
    let counted = ["commits", "work_", "private_clients"];
    let rows = world.test.store.count_rows().into_iter();
    rows.filter(|(table, _)| !counted.iter().any(|prefix| table.starts_with(prefix))).collect()
}

async fn fresh(operation: &Operation) -> (World, Call) {
    let world = World::new().await;
    world.test.leaves_messages();
    let call = world.call(&operation.id, world.account(Caller::AdminSession)).await.expect("a call");
    (world, call)
}

async fn break_fields(operation: &Operation) -> usize {
    let world = World::new().await;
    let Some(Call { body: Some(body), .. }) = world.call(&operation.id, world.account(Caller::AdminSession)).await
    else {
        return 0;
    };
    let mut sent = 0;
    for field in fields(&body) {
        let (mut world, mut call) = fresh(operation).await;
        for (value, twice) in bad_values().into_iter().map(|value| (value, false)).chain([(b"\"\"".to_vec(), true)]) {
            let before = rows(&world);
            let body = changed(call.body.as_ref().expect("as before"), &field, &value, twice);
            let answer = send(&world, operation, &call, "application/json", body).await;
            let shown = String::from_utf8_lossy(&value[..value.len().min(40)]).into_owned();
            let what = format!("{} {field:?} {shown}: {} {}", operation.id, answer.status, answer.body);
            assert!(!answer.status.is_server_error() && told(&answer), "{what}");
            if answer.status.is_client_error() {
                assert_eq!(rows(&world), before, "{what}");
            }
            assert!(!twice || answer.status == 400, "{what}");
            if answer.status.is_success() {
                // What is taken after all may change the world, or sign the caller out.
                (world, call) = fresh(operation).await;
            }
            sent += 1;
        }
    }
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn no_value_of_any_field_breaks_an_operation() {
    let broken = operations()
        .into_iter()
        .filter(|operation| operation.path.starts_with("/api/v1"))
        .map(|operation| tokio::spawn(async move { break_fields(&operation).await }));
    let mut sent = 0;
    for operation in broken.collect::<Vec<_>>() {
        sent += operation.await.unwrap();
    }
    assert!(sent > 300, "{sent} requests were sent");
}
