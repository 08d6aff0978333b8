//! The authorisation matrix: every operation of the OpenAPI document, called by every kind of caller, against the reviewed
//! table in `docs/AUTHORISATION.md`.

mod callers;
mod calls;
mod document;
mod fields;
mod table;

use std::collections::BTreeSet;
use std::path::Path;

use axum::body::Body;
use axum::http::Request;

use self::callers::{Caller, World};
use self::calls::Call;
use self::table::{Operation, Table};

/// Open to everybody.
const PUBLIC: [&str; 4] = ["alive", "ready", "logIn", "sendEmailCode"];

/// The operations of the document, in its order.
fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(portcullis_api::http::openapi::document()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let told = operation["responses"].as_object().unwrap().keys().map(|status| status.parse().unwrap());
            let told: BTreeSet<u16> = told.collect();
            operations.push(Operation { method: method.to_uppercase(), path: path.clone(), id, told });
        }
    }
    operations
}

fn request(operation: &Operation, call: &Call, headers: &[(&str, String)]) -> Request<Body> {
    let path = call
        .path
        .iter()
        .fold(operation.path.clone(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
    assert!(!path.contains('{'), "{}: {path} has a variable without a value", operation.id);
    let mut request = Request::builder().method(operation.method.as_str()).uri(path + call.query);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    match &call.body {
        Some(body) => request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap(),
        None => request.body(Body::empty()).unwrap(),
    }
}

/// Asks as everybody: each who may be let in somewhere in a world of its own, the others in one together.
async fn statuses(operation: &Operation) -> Vec<u16> {
    let nobodys = World::new().await;
    let mut statuses = Vec::new();
    for (caller, ..) in Caller::ALL {
        if caller.is_nobody() {
            statuses.push(status(&nobodys, operation, caller).await);
        } else {
            statuses.push(status(&World::new().await, operation, caller).await);
        }
    }
    statuses
}

async fn status(world: &World, operation: &Operation, caller: Caller) -> u16 {
    world.test.leaves_messages();
    let call = world.call(&operation.id, world.account(caller)).await;
    let call = call.unwrap_or_else(|| panic!("{} is not in the matrix: say how it is called", operation.id));
    let headers = world.headers(caller, call.second_factor);
    let answer = world.test.send(request(operation, &call, &headers)).await;
    document::check(operation, &answer);
    answer.status.as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_every_caller_as_reviewed() {
    let asked = operations().into_iter().map(|operation| {
        tokio::spawn(async move {
            let statuses = statuses(&operation).await;
            (operation, statuses)
        })
    });
    let mut table = Table::default();
    for row in asked.collect::<Vec<_>>() {
        let (operation, statuses) = row.await.unwrap();
        table.push(operation, statuses);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/AUTHORISATION.md");
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    let found = table.to_string();
    if found != reviewed {
        let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("AUTHORISATION.md");
        std::fs::write(&fresh, &found).unwrap();
        let differs: Vec<_> = found.lines().filter(|line| !reviewed.lines().any(|old| old == *line)).collect();
        panic!("docs/AUTHORISATION.md says otherwise of\n{}\nas found: {}", differs.join("\n"), fresh.display());
    }
}

/// Rules the table must keep whatever is written into it.
#[test]
fn the_reviewed_table_keeps_the_rules() {
    let text = include_str!("../../../../../docs/AUTHORISATION.md");
    let table = table::read(text, &operations());
    for (operation, statuses) in table.rows() {
        let Operation { id, path, told, .. } = operation;
        for ((caller, name, _), status) in Caller::ALL.into_iter().zip(statuses) {
            let cell = format!("{id}, {name}: {status}");
            assert!(*status < 500, "{cell}: nothing a caller sends breaks the service");
            assert!(told.contains(status), "{cell}: the document does not tell of this status");
            if PUBLIC.contains(&id.as_str()) {
                assert_eq!(*status, 200, "{cell}: open to everybody");
                continue;
            }
            let rocketchat = path.starts_with("/api/v1");
            let staff_only = ["/admin", "/tenants", "/api-keys", "/metrics"].iter().any(|root| path.starts_with(root));
            if caller.is_nobody() {
                assert_eq!(*status, 401, "{cell}: nobody is let in");
            } else if rocketchat {
                assert_eq!(caller.is_session(), *status != 401, "{cell}: sessions count here, and nothing else does");
            } else if caller.is_session() {
                assert_eq!(*status, 400, "{cell}: the header of a session is the server's here");
            } else if caller == Caller::Staff {
                assert!((200..300).contains(status), "{cell}: staff may do everything");
            } else if matches!(caller, Caller::WrongDomain | Caller::Unverified) {
                assert_eq!(*status, 403, "{cell}: that is no staff");
            } else if staff_only {
                assert_eq!(*status, 401, "{cell}: for staff only");
            } else if caller == Caller::SuperKey {
                assert!((200..300).contains(status), "{cell}: a super key stands for every organisation");
            } else if caller == Caller::OtherUser || caller == Caller::StaffTokenAlone {
                assert!(matches!(status, 403 | 404), "{cell}: strangers are kept out");
            }
        }
    }
}
