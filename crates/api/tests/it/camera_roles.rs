//! Camera roles.

use insta::assert_json_snapshot;
use portcullis_domain::ids::{ThreeDEyeRoleId, UserId};
use portcullis_domain::port::{GatewayError, ThreeDEyeGateway};
use portcullis_testkit::build::{a_person, a_user_id, remote_role};
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, TestApp};

const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";
const BOB: &str = "0190163d-8694-739b-aea5-5966c26f8ad3";
const COMMANDS: [&str; 4] = ["CreateCameraRole", "AssignUser", "RemoveUser", "DeleteCameraRole"];

/// Ada and Bob, of acme.
async fn with_people() -> TestApp {
    let test = TestApp::new();
    for (id, email) in [(ADA, "ada@example.com"), (BOB, "bob@example.com")] {
        let person = a_person().id(UserId::parse(id).unwrap()).org("acme").email(email);
        person.put(test.store.as_ref()).await;
    }
    test
}

fn path(command: &str) -> String {
    format!("/camera-roles/lobby/{command}")
}

fn lobby() -> Value {
    json!({"roleId": "lobby", "name": " Lobby guards ", "description": "The front desk", "orgId": "acme"})
}

async fn post(test: &TestApp, command: &str, more: &[(&str, &str)], body: &Value) -> Answer {
    let staff = test.staff();
    let headers = [&[("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str())], more].concat();
    test.post(&path(command), &headers, body).await
}

async fn details(test: &TestApp, query: &str) -> Answer {
    let staff = test.staff();
    test.get(&path(&format!("details{query}")), &[("x-admin-api-key", ADMIN_KEY), ("authorization", &staff)]).await
}

#[tokio::test]
async fn a_role_is_made_filled_emptied_and_deleted() {
    let test = with_people().await;
    let made = post(&test, "CreateCameraRole", &[], &lobby()).await;
    assert_eq!(made.header("etag"), Some("\"1\""));
    assert_json_snapshot!("role-made", made.told());
    assert_json_snapshot!("role-made-already", post(&test, "CreateCameraRole", &[], &lobby()).await.told());
    let other = json!({"roleId": "lobby", "name": "Lobby"});
    assert_json_snapshot!("role-another", post(&test, "CreateCameraRole", &[], &other).await.told());

    let ada = json!({"userId": ADA});
    let assigned = post(&test, "AssignUser", &[], &ada).await;
    assert_eq!(assigned.header("etag"), Some("\"2\""));
    assert_json_snapshot!("role-assigned", assigned.told());
    assert_json_snapshot!("role-assigned-already", post(&test, "AssignUser", &[], &ada).await.told());
    post(&test, "AssignUser", &[], &json!({"userId": BOB})).await.expect(200);
    let nobody = json!({"userId": a_user_id().to_string()});
    assert_json_snapshot!("role-assigned-nobody", post(&test, "AssignUser", &[], &nobody).await.told());

    let page = details(&test, "?limit=1").await;
    assert_eq!(page.header("etag"), Some("\"3\""));
    assert_json_snapshot!("role-details", page.told());
    let rest = details(&test, &format!("?cursor={}", page.body["nextCursor"].as_str().unwrap())).await.expect(200);
    assert_eq!((&rest.body["members"][0]["userId"], &rest.body["nextCursor"]), (&json!(BOB), &Value::Null));

    assert_json_snapshot!("role-removed", post(&test, "RemoveUser", &[], &ada).await.told());
    assert_json_snapshot!("role-removed-already", post(&test, "RemoveUser", &[], &ada).await.told());
    let account = test.gateway.accounts().into_iter().find(|account| account.email == "ada@example.com").unwrap();
    assert!(account.roles.is_empty());

    let by = json!({"deletedBy": "front desk"});
    assert_json_snapshot!("role-deleted", post(&test, "DeleteCameraRole", &[], &by).await.told());
    assert_json_snapshot!("role-deleted-already", post(&test, "DeleteCameraRole", &[], &by).await.told());
    assert_json_snapshot!("role-details-deleted", details(&test, "").await.told());
    assert_json_snapshot!("role-of-deleted-id", post(&test, "CreateCameraRole", &[], &lobby()).await.told());
    for command in ["AssignUser", "RemoveUser"] {
        post(&test, command, &[], &ada).await.expect(404);
    }
    let staff = test.staff();
    let staff = [("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str())];
    let listed = test.get("/admin/aggregates?type=camera-role", &staff).await.expect(200);
    assert_eq!(listed.body["aggregates"][0]["version"], 5);
    let whole = test.get("/admin/aggregates/CameraRoleAggregate/lobby", &staff).await.expect(200);
    assert_json_snapshot!("role-aggregate", whole.body["state"]);
}

#[tokio::test]
async fn a_key_has_its_own_roles_and_people() {
    let test = with_people().await;
    a_person().id(UserId::parse("0190163d-8694-739b-aea5-5966c26f8ad4").unwrap()).org("bolt").put(&*test.store).await;
    let (acme, bolt, head) =
        (test.key("acme", false).await, test.key("bolt", false).await, test.key("head", true).await);
    let as_key = async |key: &str, command, body: &Value| test.post(&path(command), &[("x-api-key", key)], body).await;
    as_key(&bolt, "CreateCameraRole", &lobby()).await.expect(403);
    let own = json!({"roleId": "lobby", "name": "Lobby guards"});
    let made = as_key(&acme, "CreateCameraRole", &own).await.expect(201);
    assert_eq!(made.body["event"]["data"]["orgId"], "acme");
    let stranger = json!({"userId": "0190163d-8694-739b-aea5-5966c26f8ad4"});
    as_key(&acme, "AssignUser", &stranger).await.expect(403);
    as_key(&acme, "AssignUser", &json!({"userId": a_user_id().to_string()})).await.expect(403);
    let (ada, by) = (json!({"userId": ADA}), json!({"deletedBy": "desk"}));
    let token = test.bearer(UserId::parse(ADA).unwrap());
    for (command, body) in COMMANDS.into_iter().zip([&own, &ada, &ada, &by]) {
        as_key(&bolt, command, body).await.expect(403);
        test.post(&path(command), &[("authorization", &token)], body).await.expect(403);
        test.post(&path(command), &[], body).await.expect(401);
    }
    for headers in [[("x-api-key", bolt.as_str())], [("authorization", token.as_str())]] {
        test.get(&path("details"), &headers).await.expect(404);
    }
    as_key(&acme, "AssignUser", &ada).await.expect(200);
    test.get(&path("details"), &[("x-api-key", &acme)]).await.expect(200);
    as_key(&head, "RemoveUser", &ada).await.expect(200);
    as_key(&acme, "DeleteCameraRole", &by).await.expect(200);
}

#[tokio::test]
async fn what_3deye_says_against_it_is_told() {
    let test = with_people().await;
    test.gateway.seed_role(&remote_role("theirs"), "Lobby guards");
    assert_json_snapshot!("role-name-taken", post(&test, "CreateCameraRole", &[], &lobby()).await.told());
    let free = json!({"roleId": "lobby", "name": "Lobby"});
    post(&test, "CreateCameraRole", &[], &free).await.expect(201);
    test.gateway.set_down(Some(GatewayError::Unavailable { retry_after: None }));
    let (ada, by) = (json!({"userId": ADA}), json!({"deletedBy": "desk"}));
    assert_json_snapshot!("role-threedeye-down", post(&test, "AssignUser", &[], &ada).await.told());
    post(&test, "DeleteCameraRole", &[], &by).await.expect(502);
    test.gateway.set_down(Some(GatewayError::NotConfigured));
    let off = post(&test, "AssignUser", &[], &ada).await;
    assert_eq!(off.header("retry-after"), Some("2"));
    off.expect(503);
    test.gateway.set_down(None);
    test.gateway.seed("ada@example.com", false, &[]);
    assert_json_snapshot!("role-orphan", post(&test, "AssignUser", &[], &ada).await.told());
    assert_eq!(details(&test, "").await.expect(200).body["version"], 1);
}

#[tokio::test]
async fn a_role_that_only_3deye_knows_of_is_taken_without_an_event() {
    let test = with_people().await;
    let made = post(&test, "CreateCameraRole", &[], &lobby()).await.expect(201);
    let role = made.body["event"]["data"]["threeDeyeRoleId"].as_str().unwrap();
    let bob = json!({"userId": BOB});
    post(&test, "RemoveUser", &[], &bob).await.expect(400);
    let staff = test.staff();
    let staff = [("x-admin-api-key", ADMIN_KEY), ("authorization", staff.as_str())];
    test.get(&format!("/users/{BOB}/3deye-credentials"), &staff).await.expect(200);
    let account = test.gateway.accounts()[0].id.clone();
    test.gateway.assign_role(&account, &ThreeDEyeRoleId::parse(role).unwrap()).await.unwrap();
    let removed = post(&test, "RemoveUser", &[], &bob).await.expect(200).body;
    assert!(removed["event"].is_null(), "{removed}");
    assert!(test.gateway.accounts()[0].roles.is_empty());
    post(&test, "RemoveUser", &[], &bob).await.expect(400);
}

#[tokio::test]
async fn wrong_fields_are_all_told() {
    let test = with_people().await;
    let wrong = json!({"roleId": "other", "name": "\u{7}", "description": " ", "orgId": ""});
    assert_json_snapshot!("role-wrong-fields", post(&test, "CreateCameraRole", &[], &wrong).await.told());
    assert_json_snapshot!("role-no-fields", post(&test, "CreateCameraRole", &[], &json!({})).await.told());
    for command in ["AssignUser", "RemoveUser"] {
        for wrong in [json!({}), json!({"userId": null}), json!({"userId": "ada"}), json!({"userId": 7})] {
            post(&test, command, &[], &wrong).await.expect(400);
        }
    }
    post(&test, "DeleteCameraRole", &[], &json!({"deletedBy": " "})).await.expect(400);
    post(&test, "CreateCameraRole", &[], &lobby()).await.expect(201);
    assert_json_snapshot!("role-wrong-page", details(&test, "?limit=0&cursor=x").await.told());
}

#[tokio::test]
async fn role_commands_know_repeats_and_conditions() {
    let test = with_people().await;
    let key = [("idempotency-key", "k-1")];
    let bodies = [lobby(), json!({"userId": ADA}), json!({"userId": ADA}), json!({"deletedBy": "desk"})];
    for (version, (command, body)) in (0..).zip(COMMANDS.into_iter().zip(bodies)) {
        if version > 0 {
            post(&test, command, &[("if-match", "\"9\"")], &body).await.expect(412);
        }
        let first = post(&test, command, &key, &body).await;
        assert!(first.status.is_success(), "{command}: {}", first.body);
        let (events, calls) = (test.store.envelopes().len(), test.gateway.calls().len());
        let again = post(&test, command, &key, &body).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body), "{command}");
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        let mut other = body.clone();
        other["unknown"] = json!(1);
        post(&test, command, &key, &other).await.expect(422);
        assert_eq!((test.store.envelopes().len(), test.gateway.calls().len()), (events, calls), "{command}");
    }
}
