//! `users.info`, `users.list`, `users.setActiveStatus` and `users.resetE2EKey`.

use insta::assert_json_snapshot;
use portcullis_domain::commit::Effects;
use portcullis_domain::user::Role;
use portcullis_domain::user::UserSuspended;
use portcullis_testkit::build::{NOON, a_commit, version_of};
use portcullis_testkit::build::{a_person, free};
use serde_json::{Map, Value, json};

use crate::support::{Account, Answer, TestApp, shown};

async fn info(test: &TestApp, who: &Account, query: &str) -> Answer {
    test.get(&format!("/api/v1/users.info?{query}"), &who.headers()).await
}

async fn list(test: &TestApp, who: &Account, query: &str) -> Answer {
    test.get(&format!("/api/v1/users.list?{query}"), &who.headers()).await
}

async fn switch(test: &TestApp, who: &Account, user: &str, active: bool) -> Answer {
    test.as_rc(who, "users.setActiveStatus", &[], &json!({"userId": user, "activeStatus": active})).await
}

#[tokio::test]
async fn everybody_sees_a_little_and_administrators_all() {
    let test = TestApp::new();
    let (root, bob) = (test.account("root", &[Role::Admin]).await, test.account("bob", &[Role::User]).await);
    a_person().email("bare@example.com").put(test.store.as_ref()).await;
    test.enrols(&bob).await;
    let names = [(root.id.as_str(), "[root]"), (bob.id.as_str(), "[bob]")];
    let mut told = Map::new();
    for (case, who, query) in [
        ("another", &bob, format!("userId={}", root.id)),
        ("another, by name", &bob, "username=ROOT".to_owned()),
        ("another, by address", &bob, "email=root@example.com".to_owned()),
        ("own", &bob, format!("userId={}", bob.id)),
        ("own, by address", &bob, "email=bob@example.com".to_owned()),
        ("an administrator", &root, "username=bob".to_owned()),
        ("an administrator, by address", &root, "email=Bob@example.com".to_owned()),
        ("a person without an account", &root, "email=bare@example.com".to_owned()),
        ("nobody", &root, "userId=0190163d-8694-739b-aea5-5966c26f8ad2".to_owned()),
        ("no name", &root, "username=%20".to_owned()),
        ("nothing", &root, String::new()),
        ("two", &root, "username=bob&email=bob@example.com".to_owned()),
        ("something else", &root, "username=bob&fields=%7B%7D".to_owned()),
    ] {
        told.insert(case.to_owned(), shown(&info(&test, who, &query).await, &names));
    }
    assert_json_snapshot!(told);
}

#[tokio::test]
async fn accounts_are_listed_by_name() {
    let test = TestApp::new();
    let (root, bob) = (test.account("root", &[Role::Admin]).await, test.account("bob", &[Role::User]).await);
    let ada = test.account("ada", &[Role::User]).await;
    let names = [(root.id.as_str(), "[root]"), (bob.id.as_str(), "[bob]"), (ada.id.as_str(), "[ada]")];
    let mut told = Map::new();
    for (case, who, query) in [
        ("all", &root, ""),
        ("a page", &root, "count=1&offset=1&sort=%7B%22username%22%3A1%7D"),
        ("beyond", &root, "offset=9&count=1000"),
        ("a prefix", &root, "query=%7B%22username%22%3A%7B%22%24regex%22%3A%22%5EAD%22%7D%7D"),
        ("no permission", &bob, ""),
        ("another order", &root, "sort=%7B%22name%22%3A1%7D"),
        ("another query", &root, "query=%7B%22emails.address%22%3A%22a%22%7D"),
        ("another expression", &root, "query=%7B%22username%22%3A%7B%22%24regex%22%3A%22a.*%22%7D%7D"),
        ("no number", &root, "count=many"),
        ("below nothing", &root, "offset=-1"),
        ("something else", &root, "fields=%7B%7D"),
    ] {
        told.insert(case.to_owned(), shown(&list(&test, who, query).await, &names));
    }
    assert_json_snapshot!(told);
    let given = json!({"permissions": [{"_id": "view-d-room", "roles": ["admin", "user"]}]});
    test.as_rc(&root, "permissions.update", &[], &given).await.expect(200);
    let little = list(&test, &bob, "").await.expect(200);
    assert_eq!(little.body["total"], json!(3));
    assert_eq!(little.body["users"][0].get("emails"), None, "without the other permission only what everybody sees");
}

#[tokio::test]
async fn an_account_is_switched_off_and_on() {
    let test = TestApp::new();
    let (root, bob) = (test.account("root", &[Role::Admin]).await, test.account("bob", &[Role::User]).await);
    let off = switch(&test, &root, &bob.id, false).await.expect(200);
    assert_eq!(off.body, json!({"user": {"_id": bob.id, "active": false}, "success": true}));
    assert!(!test.knows(&bob).await);
    let refused = test.rc("login", &[], &json!({"user": "bob", "password": "bob"})).await.expect(401);
    assert_eq!(refused.body["error"], json!("error-user-is-not-activated"));
    let events = test.store.envelopes().len();
    switch(&test, &root, "bob", false).await.expect(200);
    assert_eq!(test.store.envelopes().len(), events);
    let on = switch(&test, &root, &bob.id, true).await.expect(200);
    assert_eq!(on.body["user"]["active"], json!(true));
    assert!(!test.knows(&bob).await, "sessions that ended stay ended");
    test.signs_in("bob").await;
}

#[tokio::test]
async fn what_cannot_be_switched_is_told() {
    let test = TestApp::new();
    let (root, bob) = (test.account("root", &[Role::Admin]).await, test.account("bob", &[Role::User]).await);
    let eve = test.has_account("eve", &[Role::User]).await;
    let reason = free("lost phone");
    let suspended = UserSuspended { user_id: eve, suspended_by: reason.clone(), reason, suspended_at: NOON };
    let version = version_of(test.store.as_ref(), &eve.into()).await;
    let effects = Effects { events: vec![suspended.into()], ..Effects::default() };
    a_commit().on(eve, version).effects(effects).put(test.store.as_ref()).await;
    let eve = eve.to_string();
    let rows = test.store.count_rows();
    let mut told = Map::new();
    for (case, who, user, active) in [
        ("no permission", &bob, root.id.as_str(), false),
        ("no permission, nobody", &bob, "nobody", false),
        ("nobody", &root, "nobody", false),
        ("blank", &root, " ", false),
        ("the last administrator", &root, &root.id, false),
        ("suspended, on", &root, &eve, true),
        ("suspended, off", &root, &eve, false),
    ] {
        let answer = switch(&test, who, user, active).await;
        told.insert(case.to_owned(), shown(&answer, &[(&eve, "[eve]")]));
    }
    assert_eq!(told["no permission"], told["no permission, nobody"]);
    assert_eq!(test.store.count_rows(), rows);
    assert_json_snapshot!(told);
}

#[tokio::test]
async fn administrators_are_touched_only_by_who_may_make_them() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let (other, bob) = (test.account("other", &[Role::Admin]).await, test.account("bob", &[Role::User]).await);
    let all = ["edit-other-user-info", "edit-other-user-active-status", "delete-user"];
    let given: Vec<_> = all.iter().map(|word| json!({"_id": word, "roles": ["admin", "user"]})).collect();
    test.as_rc(&root, "permissions.update", &[], &json!({"permissions": given})).await.expect(200);
    switch(&test, &bob, &other.id, false).await.expect(403);
    test.as_rc(&bob, "users.delete", &[], &json!({"userId": other.id})).await.expect(403);
    let code = bob.password_code();
    for (user, data) in [(&other.id, json!({"password": "mine now"})), (&bob.id, json!({"roles": ["admin"]}))] {
        let body = json!({"userId": user, "data": data});
        let answer = test.as_rc(&bob, "users.update", &[("x-2fa-code", &code)], &body).await.expect(400);
        assert_eq!(answer.body["errorType"], json!("error-action-not-allowed"));
    }
    assert!(test.knows(&other).await);
}

#[tokio::test]
async fn keys_are_reset_as_if_there_were_any() {
    let test = TestApp::new();
    let (root, bob) = (test.account("root", &[Role::Admin]).await, test.account("bob", &[Role::User]).await);
    let reset = async |who: &Account, body: Value, code: bool| {
        let digest = who.password_code();
        let headers = if code { vec![("x-2fa-code", digest.as_str())] } else { Vec::new() };
        test.as_rc(who, "users.resetE2EKey", &headers, &body).await
    };
    let events = test.store.envelopes().len();
    let mut told = Map::new();
    for (case, who, body, code) in [
        ("no second factor", &root, json!({"userId": bob.id}), false),
        ("somebody else's", &root, json!({"userId": bob.id}), true),
        ("the own, nobody named", &bob, json!({}), true),
        ("the own, named", &bob, json!({"username": "bob"}), true),
        ("no permission", &bob, json!({"user": "root"}), true),
        ("no permission, nobody", &bob, json!({"user": "nobody"}), true),
        ("blank", &root, json!({"userId": ""}), true),
        ("something else", &root, json!({"reason": "x"}), true),
    ] {
        told.insert(case.to_owned(), shown(&reset(who, body, code).await, &[]));
    }
    assert_eq!(test.store.envelopes().len(), events);
    assert!(test.knows(&bob).await);
    assert_json_snapshot!(told);
}

#[tokio::test]
async fn nobody_has_an_id_of_elsewhere() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let nobody = test.get("/api/v1/users.info?importId=x", &root.headers()).await.expect(400);
    let unknown = test.get("/api/v1/users.info?username=x", &root.headers()).await.expect(400);
    assert_eq!(nobody.told(), unknown.told());
    assert_eq!(nobody.body["error"], "User not found.");
    let both = test.get("/api/v1/users.info?importId=x&username=root", &root.headers()).await.expect(400);
    assert_eq!(both.code(), "invalid-params");
}
