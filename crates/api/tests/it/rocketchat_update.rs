//! `users.update`: an account for somebody who has none, and changes of one there is.

use insta::assert_json_snapshot;
use portcullis_domain::ids::UserId;
use portcullis_domain::user::Role;
use portcullis_testkit::build::a_person;
use serde_json::{Value, json};

use crate::support::{Account, Answer, TestApp, shown};

async fn update(test: &TestApp, who: &Account, user: &str, data: Value) -> Answer {
    let code = who.password_code();
    test.as_rc(who, "users.update", &[("x-2fa-code", &code)], &json!({"userId": user, "data": data})).await
}

async fn tenant(test: &TestApp) -> UserId {
    a_person().email("ada@example.com").put(test.store.as_ref()).await
}

#[tokio::test]
async fn a_person_gets_an_account() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let ada = tenant(&test).await.to_string();
    let data = json!({"username": "ada", "password": "secret", "roles": ["admin"], "name": "Ada"});
    let done = update(&test, &root, &ada, data).await.expect(200);
    assert_json_snapshot!(shown(&done, &[(&ada, "[ada]")]));
    test.rc("login", &[], &json!({"user": "ada", "password": "secret"})).await.expect(200);
    assert_eq!(test.store.envelopes().last().unwrap().actor.id, root.id);

    let bare = a_person().put(test.store.as_ref()).await.to_string();
    let no_address = update(&test, &root, &bare, json!({"username": "bo", "password": "secret"})).await;
    assert_eq!(no_address.body["errorType"], json!("error-invalid-email"));
    let data = json!({"username": "bo", "password": "secret", "email": "bo@example.com", "verified": true});
    let done = update(&test, &root, &bare, data).await.expect(200);
    assert_eq!(done.body["user"]["emails"], json!([{"address": "bo@example.com", "verified": true}]));
    assert_eq!(done.body["user"]["roles"], json!(["user"]));
}

#[tokio::test]
async fn whatever_else_is_asked_is_refused_whole() {
    // An account just made would not be asked for its second factor.
    let test = TestApp::with(|settings| settings.two_factor.remember_for = std::time::Duration::ZERO);
    let root = test.account("root", &[Role::Admin]).await;
    let bob = test.account("bob", &[Role::User]).await;
    let ada = tenant(&test).await.to_string();
    let account = json!({"username": "ada", "password": "secret"});
    let with = |change: Value| {
        let (mut data, Value::Object(change)) = (account.clone(), change) else { unreachable!() };
        data.as_object_mut().unwrap().extend(change);
        data
    };
    let rows = test.store.count_rows();
    let mut told = serde_json::Map::new();
    let no_code = json!({"userId": ada, "data": account});
    told.insert("no second factor".to_owned(), shown(&test.as_rc(&root, "users.update", &[], &no_code).await, &[]));
    for (case, who, user, data) in [
        ("no permission", &bob, ada.as_str(), account.clone()),
        ("no permission, nobody", &bob, "nobody", account.clone()),
        ("nobody", &root, "nobody", account.clone()),
        ("nobody, by id", &root, "0190163d-8694-739b-aea5-5966c26f8ad2", account.clone()),
        ("name taken, of an account", &root, &bob.id, json!({"username": "root"})),
        ("the last administrator", &root, &root.id, json!({"roles": ["user"]})),
        ("no such role", &root, &bob.id, json!({"roles": ["owner"]})),
        ("a field nobody knows", &root, &bob.id, json!({"name": "B", "bio": "b"})),
        ("only a name", &root, &ada, json!({"name": "Ada"})),
        ("a change beside the account", &root, &ada, with(json!({"bio": "b"}))),
        ("verified without an address", &root, &ada, with(json!({"verified": true}))),
        ("another address", &root, &ada, with(json!({"email": "other@example.com"}))),
        ("name taken", &root, &ada, with(json!({"username": "bob"}))),
        ("wrong kind", &root, &ada, with(json!({"roles": "admin"}))),
        ("nothing", &root, &ada, json!({})),
    ] {
        told.insert(case.to_owned(), shown(&update(&test, who, user, data).await, &[]));
    }
    assert_eq!(told["no permission"], told["no permission, nobody"]);
    assert_eq!(test.store.count_rows()["events"], rows["events"]);
    assert_json_snapshot!(told);
}

#[tokio::test]
async fn an_account_is_changed() {
    let test = TestApp::new();
    let root = test.account("root", &[Role::Admin]).await;
    let bob = test.account("bob", &[Role::User]).await;
    let names = |test: &TestApp| {
        let of_bob = |envelope: &portcullis_domain::event::Envelope| envelope.aggregate_id == bob.id;
        test.store.envelopes().into_iter().filter(of_bob).map(|envelope| envelope.name).collect::<Vec<_>>()
    };
    let before = names(&test).len();
    let data =
        json!({"username": "Robert", "name": "Bob Builder", "email": "robert@example.com", "roles": ["bot", "admin"]});
    let done = update(&test, &root, &bob.id, data.clone()).await.expect(200);
    assert_json_snapshot!(shown(&done, &[(&bob.id, "[bob]")]));
    assert_eq!(names(&test)[before..], ["AccountRenamed", "RolesChanged", "UserEmailUpdated"]);
    assert!(test.knows(&bob).await, "neither a name nor a role ends a session");
    update(&test, &root, &bob.id, data).await.expect(200);
    assert_eq!(names(&test).len(), before + 3, "what is so already is no event");

    let verified = update(&test, &root, &bob.id, json!({"verified": true})).await.expect(200);
    assert_eq!(verified.body["user"]["emails"], json!([{"address": "robert@example.com", "verified": true}]));
    update(&test, &root, &bob.id, json!({"password": "new secret"})).await.expect(200);
    assert!(!test.knows(&bob).await);
    test.rc("login", &[], &json!({"user": "robert", "password": "new secret"})).await.expect(200);
    test.rc("login", &[], &json!({"user": "robert@example.com", "password": "bob"})).await.expect(401);
    let off = update(&test, &root, &bob.id, json!({"active": false})).await.expect(200);
    assert_eq!(off.body["user"]["active"], json!(false));
    assert_eq!(names(&test)[before + 3..], ["EmailVerificationSet", "PasswordSet", "UserDeactivated"]);
    test.account("bobby", &[Role::User]).await;
    let freed = test.account("bob", &[Role::User]).await;
    assert_ne!(freed.id, bob.id, "the name and the address before are free");
}
