//! `users.create`

use insta::assert_json_snapshot;
use portcullis_domain::event::ActorKind;
use portcullis_domain::user::Role;
use serde_json::{Value, json};

use crate::support::{TestApp, shown};

fn ada() -> Value {
    json!({"email": "Ada@Example.com", "name": "Ada Lovelace", "password": "secret", "username": "Ada"})
}

fn with(change: Value) -> Value {
    let (mut body, Value::Object(change)) = (ada(), change) else { unreachable!() };
    body.as_object_mut().expect("an object").extend(change);
    body
}

#[tokio::test]
async fn an_administrator_makes_an_account() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let made = test.as_rc(&root, "users.create", &[], &ada()).await.expect(200);
    let id = made.body["user"]["_id"].as_str().unwrap();
    assert_json_snapshot!(shown(&made, &[(id, "[ada]")]));
    test.rc("login", &[], &json!({"user": "ada", "password": "secret"})).await.expect(200);
    let events = test.store.envelopes();
    let events = &events[events.len() - 2..];
    assert_eq!([events[0].name.as_str(), &events[1].name], ["UserCreated", "AccountAdded"]);
    for envelope in events {
        assert_eq!((envelope.actor.kind, &envelope.actor.id), (ActorKind::Operator, &root.id));
        assert_eq!(envelope.request_id.as_str(), made.header("x-request-id").unwrap());
        let bytes = String::from_utf8(envelope.to_bytes()).unwrap().to_lowercase();
        assert!(!["ada", "lovelace", "example.com", "secret"].iter().any(|personal| bytes.contains(personal)));
    }
}

#[tokio::test]
async fn what_the_peer_takes_is_taken() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let everything = with(json!({
        "active": false, "bio": "b", "nickname": "n", "statusText": "s", "roles": ["bot", "admin"],
        "joinDefaultChannels": false, "requirePasswordChange": true, "setRandomPassword": false,
        "sendWelcomeEmail": true, "verified": true, "customFields": {"floor": 3},
    }));
    let made = test.as_rc(&root, "users.create", &[], &everything).await.expect(200);
    let user = &made.body["user"];
    assert_eq!((&user["active"], &user["roles"]), (&json!(false), &json!(["admin", "bot"])));
    assert_eq!(user["emails"], json!([{"address": "ada@example.com", "verified": true}]));
    let off = test.rc("login", &[], &json!({"user": "ada", "password": "secret"})).await;
    assert_eq!(off.body["error"], json!("error-user-is-not-activated"));

    let random = json!({"email": "r@example.com", "name": "R", "username": "r", "setRandomPassword": true});
    test.as_rc(&root, "users.create", &[], &random).await.expect(200);
    test.rc("login", &[], &json!({"user": "r", "password": ""})).await.expect(401);

    let form = b"email=f%40example.com&name=F&password=secret&username=f&verified=true".to_vec();
    let form = test.raw_rc(&root, "users.create", Some("application/x-www-form-urlencoded"), form).await.expect(200);
    assert_eq!(form.body["user"]["emails"], json!([{"address": "f@example.com", "verified": true}]));
    let wrong = b"email=g%40example.com&name=G&password=secret&username=g&verified=yes".to_vec();
    test.raw_rc(&root, "users.create", Some("application/x-www-form-urlencoded"), wrong).await.expect(400);
}

#[tokio::test]
async fn what_cannot_be_made_is_told() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let bob = test.account("bob", &[Role::User]).await;
    let rows = test.store.count_rows();
    let mut told = serde_json::Map::new();
    for (case, who, body) in [
        ("no permission", &bob, ada()),
        ("no permission, an administrator", &bob, with(json!({"roles": ["admin"]}))),
        ("name taken", &root, with(json!({"username": "BOB"}))),
        ("address taken", &root, with(json!({"email": "bob@example.com"}))),
        ("no such role", &root, with(json!({"roles": ["owner"]}))),
        ("no address", &root, with(json!({"email": "ada"}))),
        ("no user name", &root, with(json!({"username": "a da"}))),
        ("an id as user name", &root, with(json!({"username": bob.id}))),
        ("blank name", &root, with(json!({"name": " "}))),
        ("blank password", &root, with(json!({"password": ""}))),
        ("unknown key", &root, with(json!({"isAdmin": true}))),
        ("wrong kind", &root, with(json!({"roles": "admin"}))),
        ("no password", &root, json!({"email": "a@example.com", "name": "A", "username": "a"})),
        ("nothing", &root, json!({})),
    ] {
        let answer = test.as_rc(who, "users.create", &[], &body).await;
        told.insert(case.to_owned(), shown(&answer, &[]));
    }
    assert_eq!(test.store.count_rows(), rows);
    assert_json_snapshot!(told);
}

#[tokio::test]
async fn a_form_has_flags_and_a_list_of_one() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let form = Some("application/x-www-form-urlencoded");
    let body = b"email=ada%40example.com&name=Ada&password=secret&username=ada&verified=true&roles=bot".to_vec();
    let made = test.raw_rc(&root, "users.create", form, body).await.expect(200);
    assert_eq!(made.body["user"]["roles"], json!(["bot"]));
    assert_eq!(made.body["user"]["emails"], json!([{"address": "ada@example.com", "verified": true}]));
}
