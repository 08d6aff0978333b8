//! Nothing a client sends gives a 5xx, and nothing malformed writes.

use axum::body::Body;
use axum::http::Request;

use crate::support::{ADMIN_KEY, TestApp};

const ROUTES: [(&str, &str); 24] = [
    ("POST", "/users/{id}/CreateUser"),
    ("GET", "/users/{id}/profile"),
    ("POST", "/users/{id}/AddAccessibleLock"),
    ("POST", "/users/{id}/RemoveAccessibleLock"),
    ("GET", "/users/{id}/accessible-locks"),
    ("GET", "/users/{id}/3deye-credentials"),
    ("POST", "/locks/{id}/CreateLock"),
    ("POST", "/camera-roles/{id}/CreateCameraRole"),
    ("POST", "/camera-roles/{id}/AssignUser"),
    ("POST", "/camera-roles/{id}/RemoveUser"),
    ("POST", "/camera-roles/{id}/DeleteCameraRole"),
    ("GET", "/camera-roles/{id}/details"),
    ("POST", "/admin/backfill-threedeye?limit={id}"),
    ("GET", "/admin/threedeye/drift?cursor={id}"),
    ("POST", "/admin/threedeye/drift/repair?{id}"),
    ("GET", "/admin/threedeye/users/{id}"),
    ("POST", "/admin/threedeye/users/{id}/reset"),
    ("POST", "/admin/users/{id}/reset-totp"),
    ("GET", "/admin/aggregates/user/{id}/events"),
    ("GET", "/admin/aggregates/{id}/x/events"),
    ("POST", "/admin/outbox/{id}/retry"),
    ("POST", "/tenants/{id}/register"),
    ("DELETE", "/api-keys/{id}"),
    ("POST", "/api-keys/{id}/rotate"),
];

const IDS: [&str; 9] = [
    "x",
    "%00",
    "%FF",
    "%2e%2e%2f",
    "00000000-0000-0000-0000-000000000000",
    "{0190163d-8694-739b-aea5-5966c26f8ad2}",
    "%F0%9F%94%91",
    "x%0Ay",
    "0190163D86947 39b",
];

const BODIES: [&str; 21] = [
    "",
    "{",
    "[]",
    "null",
    "\"text\"",
    "{}{}",
    "{\"lockId\":null}",
    "{\"lockId\":{\"a\":1}}",
    "{\"lockId\":\"\\u0000\",\"removedBy\":\"\\u0000\",\"reason\":\"\\u0000\"}",
    "{\"lockId\":\"\\ud800\"}",
    "{\"lockId\":\"a\",\"lockId\":\"b\"}",
    "{\"userId\":12,\"email\":[],\"index\":1e400}",
    "{\"clearMapping\":\"yes\"}",
    "{\"deleteRemote\":1}",
    "{\"finding\":null}",
    "{\"finding\":{\"kind\":\"gone\"}}",
    "{\"finding\":{\"kind\":\"orphaned\",\"userId\":\"x\"},\"dryRun\":false}",
    "{\"finding\":{\"kind\":\"missing\",\"userId\":\"x\"},\"dryRun\":false}",
    "{\"name\":\"\\u0000\",\"orgId\":\"\",\"index\":99999999999999999999}",
    "{\"roleId\":\"x\",\"name\":\" \",\"description\":7,\"deletedBy\":\"\",\"orgId\":\"\"}",
    "{\"validFrom\":\"soon\",\"validUntil\":\"2026-02-30T00:00:00Z\"}",
];

const QUERIES: [&str; 5] = ["", "?limit=0", "?limit=99999999999", "?cursor=-1&fromVersion=%FF", "?limit=1&limit=2"];

#[tokio::test]
async fn malformed_input_is_the_clients_fault_and_writes_nothing() {
    let test = TestApp::new();
    let staff = test.staff();
    for (method, route) in ROUTES {
        for id in IDS.into_iter().map(str::to_owned).chain(["x".repeat(200)]) {
            let has_body = method != "GET";
            let inputs = if has_body { BODIES.as_slice() } else { QUERIES.as_slice() };
            for input in inputs {
                let (query, body) = if has_body { ("", *input) } else { (*input, "") };
                let uri = format!("{}{query}", route.replace("{id}", &id.replace(' ', "%20")));
                let Ok(request) = Request::builder()
                    .method(method)
                    .uri(&uri)
                    .header("content-type", "application/json")
                    .header("x-admin-api-key", ADMIN_KEY)
                    .header("authorization", &staff)
                    .body(Body::from(body))
                else {
                    continue;
                };
                let answer = test.send(request).await;
                let status = answer.status.as_u16();
                let is_fault = (400..500).contains(&status);
                // Two of the inputs are no faults for a lock that may have any name, and bodies without known fields.
                let registers = route.starts_with("/locks") && (200..300).contains(&status);
                // Of somebody unknown it is told that nobody is known.
                let tells = route == "/admin/threedeye/users/{id}" && status == 200;
                assert!(is_fault || registers || tells, "{method} {uri} {body} answered {status}: {}", answer.body);
                if is_fault {
                    assert!(answer.body["requestId"].is_string(), "{method} {uri} {body}: {}", answer.body);
                    assert_eq!(answer.body["code"], status, "{method} {uri} {body}");
                }
            }
        }
    }
    let written = test.store.envelopes();
    assert!(written.iter().all(|event| event.name == "LockCreated"), "{written:?}");
}
