//! `users.delete`, and what is left of a person.

use insta::assert_json_snapshot;
use portcullis_domain::commit::PrivateChange;
use portcullis_domain::ids::UserId;
use portcullis_domain::user::Role;
use portcullis_testkit::build::{a_commit, a_lock, a_mapping, a_person, granted};
use serde_json::{Map, Value, json};

use crate::support::{ADMIN_KEY, Account, Answer, TestApp, shown};

async fn delete(test: &TestApp, who: &Account, body: Value) -> Answer {
    test.as_rc(who, "users.delete", &[], &body).await
}

#[tokio::test]
async fn a_person_is_deleted_with_everything_private() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let bob = test.account("bob", &[Role::User]).await;
    let user = UserId::parse(&bob.id).unwrap();
    test.enrols(&bob).await;
    let door = a_lock().put(test.store.as_ref()).await;
    granted(user, &door).put(test.store.as_ref()).await;
    let done = delete(&test, &root, json!({"userId": bob.id, "confirmRelinquish": true})).await.expect(200);
    assert_eq!(done.body, json!({"deletedRooms": [], "success": true}));

    assert!(!test.knows(&bob).await);
    test.rc("login", &[], &json!({"user": "bob", "password": "bob"})).await.expect(401);
    let again = delete(&test, &root, json!({"username": "bob"})).await.expect(400);
    assert_eq!(again.body["errorType"], json!("error-invalid-user"));
    let rows = test.store.count_rows();
    assert_eq!((rows["private_profiles"], rows["private_totp"], rows["view_grants"]), (1, 0, 0));
    let names: Vec<_> = test.store.envelopes().into_iter().map(|envelope| envelope.name).collect();
    assert_eq!(names[names.len() - 2..], ["AccessibleLockRemoved", "UserDeleted"]);

    // The other door: nobody, to keys, to staff and to the person's own token.
    let staff = test.staff();
    let as_staff = [("authorization", staff.as_str()), ("x-admin-api-key", ADMIN_KEY)];
    test.get(&format!("/users/{user}/accessible-locks"), &as_staff).await.expect(404);
    let own = test.bearer(user);
    test.get(&format!("/users/{user}/accessible-locks"), &[("authorization", &own)]).await.expect(401);
    let made = test.post(&format!("/users/{user}/CreateUser"), &as_staff, &json!({"userId": bob.id})).await;
    assert_eq!(made.status, 409, "{}", made.body);
    let read = test.get(&format!("/admin/aggregates/user/{user}"), &as_staff).await.expect(200);
    assert_eq!((&read.body["stateFound"], &read.body["state"]), (&json!(false), &Value::Null));

    let next = test.account("bob", &[Role::User]).await;
    assert_ne!(next.id, bob.id, "name and address are free, the id is not given again");
}

#[tokio::test]
async fn who_cannot_be_deleted_is_told() {
    let test = TestApp::new();
    let (root, bob) = (test.account("root", &[Role::Admin]).await, test.account("bob", &[Role::User]).await);
    let filmed = test.has_account("filmed", &[Role::User]).await;
    a_commit().private(PrivateChange::ThreeDEye(a_mapping(filmed))).put(test.store.as_ref()).await;
    let bare = a_person().put(test.store.as_ref()).await.to_string();
    let rows = test.store.count_rows();
    let mut told = Map::new();
    for (case, who, body) in [
        ("no permission", &bob, json!({"userId": root.id})),
        ("no permission, nobody", &bob, json!({"userId": "nobody"})),
        ("nobody", &root, json!({"username": "nobody"})),
        ("a person without an account", &root, json!({"userId": bare})),
        ("not named", &root, json!({})),
        ("the last administrator", &root, json!({"userId": root.id})),
        ("a camera account", &root, json!({"username": "filmed"})),
        ("something else", &root, json!({"userId": bob.id, "reason": "x"})),
    ] {
        told.insert(case.to_owned(), shown(&delete(&test, who, body).await, &[]));
    }
    assert_eq!(told["no permission"], told["no permission, nobody"]);
    assert_eq!(test.store.count_rows(), rows);
    assert_json_snapshot!(told);
}
