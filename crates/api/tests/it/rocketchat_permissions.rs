//! `permissions.listAll` and `permissions.update`.

use std::time::Duration;

use insta::assert_json_snapshot;
use portcullis_domain::user::Role;
use serde_json::{Value, json};

use crate::support::{Account, Answer, TestApp, shown};

async fn update(test: &TestApp, who: &Account, permissions: Value) -> Answer {
    test.as_rc(who, "permissions.update", &[], &json!({"permissions": permissions})).await
}

async fn list(test: &TestApp, who: &Account, query: &str) -> Answer {
    test.get(&format!("/api/v1/permissions.listAll{query}"), &who.headers()).await
}

fn new_account(name: &str) -> Value {
    json!({"email": format!("{name}@example.com"), "name": name, "password": "secret", "username": name})
}

#[tokio::test]
async fn everybody_sees_what_roles_permit() {
    let test = TestApp::new();
    let bob = test.account("bob", &[Role::User]).await;
    assert_json_snapshot!(shown(&list(&test, &bob, "").await.expect(200), &[]));
}

#[tokio::test]
async fn a_change_counts_at_once() {
    let test = TestApp::new();
    let (root, bob) = (test.account("root", &[Role::Admin]).await, test.account("bob", &[Role::User]).await);
    test.as_rc(&bob, "users.create", &[], &new_account("eve")).await.expect(400);
    test.clock.advance(Duration::from_mins(1));
    let since = test.app.ports.clock.now();
    let given = json!([{"_id": "create-user", "roles": ["user", "admin"]}, {"_id": "view-history", "roles": []}]);
    let done = update(&test, &root, given.clone()).await.expect(200);
    let of = |answer: &Answer, list: &str, id: &str| {
        let entries = answer.body[list].as_array().unwrap().clone();
        entries.into_iter().find(|entry| entry["_id"] == id).unwrap()
    };
    let told = json!({"_id": "create-user", "roles": ["admin", "user"], "_updatedAt": since.to_string()});
    assert_eq!(of(&done, "permissions", "create-user"), told);
    test.as_rc(&bob, "users.create", &[], &new_account("eve")).await.expect(200);

    let events = test.store.envelopes().len();
    update(&test, &root, given).await.expect(200);
    assert_eq!(test.store.envelopes().len(), events, "what is so already is no event");
    let changed = list(&test, &bob, &format!("?updatedSince={since}")).await.expect(200);
    assert_eq!(changed.body["update"].as_array().unwrap().len(), 2);
    assert_eq!(of(&changed, "update", "view-history")["roles"], json!([]));
    let date = since.to_string()[..10].to_owned();
    assert_eq!(list(&test, &bob, &format!("?updatedSince={date}")).await.expect(200).body, changed.body);
    let later = since.plus(Duration::from_millis(1));
    let none = list(&test, &bob, &format!("?updatedSince={later}")).await.expect(200);
    assert_eq!(none.body, json!({"update": [], "remove": [], "success": true}));

    test.clock.advance(Duration::from_mins(1));
    update(&test, &root, json!([{"_id": "create-user", "roles": ["admin"]}])).await.expect(200);
    test.as_rc(&bob, "users.create", &[], &new_account("dan")).await.expect(400);
    let back = list(&test, &bob, &format!("?updatedSince={later}")).await.expect(200);
    assert_eq!(back.body["update"].as_array().unwrap().len(), 1, "set back is a change too");
}

#[tokio::test]
async fn what_cannot_be_changed_is_told() {
    let test = TestApp::new();
    let (root, bob) = (test.account("root", &[Role::Admin]).await, test.account("bob", &[Role::User]).await);
    let rows = test.store.count_rows();
    let mut told = serde_json::Map::new();
    for (case, who, permissions) in [
        ("no permission", &bob, json!([{"_id": "create-user", "roles": ["user"]}])),
        ("no permission, nonsense", &bob, json!("all")),
        ("no such permission", &root, json!([{"_id": "fly", "roles": ["user"]}])),
        ("no such role", &root, json!([{"_id": "create-user", "roles": ["owner"]}])),
        ("twice", &root, json!([{"_id": "create-user", "roles": []}, {"_id": "create-user", "roles": ["admin"]}])),
        ("administrators keep it", &root, json!([{"_id": "access-permissions", "roles": ["user"]}])),
        (
            "and it is all or nothing",
            &root,
            json!([
                {"_id": "create-user", "roles": ["user"]}, {"_id": "assign-admin-role", "roles": []},
            ]),
        ),
        ("another key", &root, json!([{"_id": "create-user", "roles": [], "name": "x"}])),
        ("no roles", &root, json!([{"_id": "create-user"}])),
        ("no list", &root, json!({"_id": "create-user", "roles": []})),
    ] {
        told.insert(case.to_owned(), shown(&update(&test, who, permissions).await, &[]));
    }
    for query in ["?updatedSince=yesterday", "?updatedSince=", "?fields=x"] {
        told.insert(query.to_owned(), shown(&list(&test, &root, query).await, &[]));
    }
    assert_eq!(test.store.count_rows(), rows);
    assert_json_snapshot!(told);
}

#[tokio::test]
async fn the_table_is_an_aggregate_like_others() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let staff = test.staff();
    let headers = [("authorization", staff.as_str()), ("x-admin-api-key", crate::support::ADMIN_KEY)];
    let path = "/admin/aggregates/permission-table/permissions";
    test.get(path, &headers).await.expect(404);
    update(&test, &root, json!([{"_id": "create-user", "roles": ["admin", "bot"]}])).await.expect(200);
    let read = test.get(path, &headers).await.expect(200);
    assert_eq!(read.body["aggregateType"], json!("PermissionTableAggregate"));
    assert_eq!((&read.body["version"], &read.body["stateFound"]), (&json!(1), &json!(true)));
    let state = read.body["state"]["permissions"].as_array().unwrap();
    assert!(state.iter().any(|row| row["permission"] == "create-user" && row["roles"] == json!(["admin", "bot"])));
    let listed = test.get("/admin/aggregates?type=permission-table", &headers).await.expect(200);
    assert!(listed.body.to_string().contains(r#""permissions""#), "{}", listed.body);
    test.get("/admin/aggregates/permission-table/other", &headers).await.expect(404);
}
