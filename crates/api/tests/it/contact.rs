//! Addresses and phone numbers.

use std::fmt::Write;

use insta::{assert_json_snapshot, assert_snapshot};
use portcullis_domain::event::Envelope;
use portcullis_domain::ids::UserId;
use portcullis_domain::user::Voucher;
use portcullis_testkit::build::{a_person, email};
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, TestApp};

const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";

async fn with_ada() -> (TestApp, UserId, String) {
    let test = TestApp::new();
    let ada = a_person().id(UserId::parse(ADA).unwrap()).org("acme").put(test.store.as_ref()).await;
    let key = test.key("acme", false).await;
    (test, ada, key)
}

async fn send(test: &TestApp, key: &str, command: &str, more: &[(&str, &str)], body: &Value) -> Answer {
    let headers: Vec<_> = [("x-api-key", key)].into_iter().chain(more.iter().copied()).collect();
    test.post(&format!("/users/{ADA}/{command}"), &headers, body).await
}

fn address(text: &str) -> Value {
    json!({"email": text})
}

fn number(text: &str) -> Value {
    json!({"phoneNumber": text})
}

#[tokio::test]
async fn an_address_is_set_once() {
    let (test, _, key) = with_ada().await;
    let set = send(&test, &key, "UpdateEmail", &[], &address(" Ada@Example.com ")).await;
    assert_eq!(set.header("etag"), Some("\"2\""));
    assert_json_snapshot!("address-set", set.told());
    assert_json_snapshot!(
        "address-same",
        send(&test, &key, "UpdateEmail", &[], &address("ada@example.com")).await.told()
    );
    assert_json_snapshot!(
        "address-other",
        send(&test, &key, "UpdateEmail", &[], &address("eve@example.com")).await.told()
    );
    let person = test.app.ports.users.find_by_address(&email("ada@example.com")).await.unwrap().unwrap();
    assert_eq!((person.profile.email_voucher, person.profile.email_verified), (Voucher::Nobody, false));
    let written = String::from_utf8(test.store.envelopes().iter().flat_map(Envelope::to_bytes).collect()).unwrap();
    assert!(!written.contains("ada@"), "{written}");
}

#[tokio::test]
async fn an_address_of_another_is_taken() {
    let (test, _, key) = with_ada().await;
    a_person().email("eve@example.com").put(test.store.as_ref()).await;
    assert_json_snapshot!(
        "address-taken",
        send(&test, &key, "UpdateEmail", &[], &address("EVE@example.com")).await.told()
    );
    send(&test, &key, "UpdateEmail", &[], &address("ada@example.com")).await.expect(200);
}

/// As when a person is made: staff and super keys by their office, a token by its verified address, anybody else not.
#[tokio::test]
async fn who_sets_an_address_decides_who_vouches() {
    let staff = |test: &TestApp| vec![("x-admin-api-key", ADMIN_KEY.to_owned()), ("authorization", test.staff())];
    for (who, wanted, verified) in
        [("own", "ada@example.com", true), ("own", "other@example.com", false), ("staff", "ada@example.com", false)]
    {
        let (test, ada, _) = with_ada().await;
        let headers = if who == "own" { vec![("authorization", test.bearer(ada))] } else { staff(&test) };
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        test.post(&format!("/users/{ADA}/UpdateEmail"), &headers, &address(wanted)).await.expect(200);
        let profile = test.app.ports.users.find(ada).await.unwrap().unwrap().profile;
        assert_eq!(profile.email_verified, verified, "{who} {wanted}");
        let as_expected = match (who, verified) {
            ("staff", _) => matches!(profile.email_voucher, Voucher::Authority { .. }),
            (_, true) => profile.email_voucher == Voucher::Token,
            _ => profile.email_voucher == Voucher::Nobody,
        };
        assert!(as_expected, "{who} {wanted} {:?}", profile.email_voucher);
    }
}

#[tokio::test]
async fn a_number_comes_and_goes() {
    let (test, ada, key) = with_ada().await;
    let read = async || {
        let answer = test.get(&format!("/users/{ADA}/phone-number"), &[("x-api-key", &key)]).await;
        (answer.header("etag").map(str::to_owned), answer.told())
    };
    assert_json_snapshot!("number-none", read().await.1);
    assert_json_snapshot!(
        "number-set",
        send(&test, &key, "UpdatePhoneNumber", &[], &number("0048 600 100 200")).await.told()
    );
    let (tag, told) = read().await;
    assert_eq!(tag.as_deref(), Some("\"2\""));
    assert_json_snapshot!("number-read", told);
    assert_json_snapshot!(
        "number-same",
        send(&test, &key, "UpdatePhoneNumber", &[], &number("+48600100200")).await.told()
    );
    let profile = test.get(&format!("/users/{ADA}/profile"), &[("x-api-key", &key)]).await;
    assert_json_snapshot!("number-in-profile", profile.told());
    send(&test, &key, "UpdatePhoneNumber", &[], &number("+12025550123")).await.expect(200);
    assert_json_snapshot!(
        "number-removed",
        send(&test, &key, "UpdatePhoneNumber", &[], &json!({"phoneNumber": null})).await.told()
    );
    let none = send(&test, &key, "UpdatePhoneNumber", &[], &json!({"phoneNumber": null})).await.expect(200);
    assert_eq!((&none.body["event"], &none.body["version"]), (&Value::Null, &json!(4)));
    assert_eq!(read().await.1["body"]["phoneNumber"], Value::Null);
    assert!(test.app.ports.users.find(ada).await.unwrap().unwrap().profile.phone_number.is_none());
    let written = String::from_utf8(test.store.envelopes().iter().flat_map(Envelope::to_bytes).collect()).unwrap();
    assert!(!written.contains("600100") && !written.contains("202555"), "{written}");
}

#[tokio::test]
async fn a_number_is_one_persons() {
    let (test, _, key) = with_ada().await;
    let bob = a_person().org("acme").phone_number("+48600100200").put(test.store.as_ref()).await;
    assert_json_snapshot!(
        "number-taken",
        send(&test, &key, "UpdatePhoneNumber", &[], &number("0048600100200")).await.told()
    );
    // Once its owner has another, it is free.
    let path = format!("/users/{bob}/UpdatePhoneNumber");
    test.post(&path, &[("x-api-key", &key)], &number("+48600100201")).await.expect(200);
    send(&test, &key, "UpdatePhoneNumber", &[], &number("+48600100200")).await.expect(200);
    send(&test, &key, "UpdatePhoneNumber", &[], &number("+48600100201")).await.expect(409);
}

#[tokio::test]
async fn a_number_given_when_a_person_is_made_is_checked_and_not_kept() {
    let test = TestApp::new();
    let key = test.key("acme", false).await;
    let body = json!({"userId": ADA, "phoneNumber": "+48 600 100 200"});
    send(&test, &key, "CreateUser", &[], &body).await.expect(201);
    let read = test.get(&format!("/users/{ADA}/phone-number"), &[("x-api-key", &key)]).await.expect(200);
    assert_eq!(read.body["phoneNumber"], Value::Null);
}

#[tokio::test]
async fn what_is_wrong_names_its_field() {
    let (test, _, key) = with_ada().await;
    assert_json_snapshot!("number-absent", send(&test, &key, "UpdatePhoneNumber", &[], &json!({})).await.told());
    for wrong in [json!("600100200"), json!(""), json!("+48 x"), json!(48_600_100_200_u64), json!(["+48600100200"])] {
        let told = send(&test, &key, "UpdatePhoneNumber", &[], &json!({"phoneNumber": wrong})).await.expect(400);
        assert_eq!(told.body["details"][0]["field"], "phoneNumber", "{wrong}");
    }
    for wrong in [json!({}), json!({"email": null}), json!({"email": "nobody"}), json!({"email": 1})] {
        let told = send(&test, &key, "UpdateEmail", &[], &wrong).await.expect(400);
        assert_eq!(told.body["details"][0]["field"], "email", "{wrong}");
    }
}

#[tokio::test]
async fn repeats_and_conditions() {
    let (test, _, key) = with_ada().await;
    let commands = [("UpdateEmail", address("ada@example.com")), ("UpdatePhoneNumber", number("+48600100200"))];
    for (index, (command, body)) in commands.iter().enumerate() {
        let once = [("idempotency-key", *command)];
        send(&test, &key, command, &[("if-match", "\"9\"")], body).await.expect(412);
        let first = send(&test, &key, command, &once, body).await.expect(200);
        let again = send(&test, &key, command, &once, body).await.expect(200);
        assert_eq!((&first.body, again.header("idempotent-replayed")), (&again.body, Some("true")));
        assert_eq!(first.body["version"], json!(index + 2));
        send(&test, &key, command, &once, &json!({"email": "x@example.com", "phoneNumber": null})).await.expect(422);
    }
    assert_eq!(test.store.envelopes().iter().filter(|envelope| envelope.aggregate_id == ADA).count(), 3);
}

#[tokio::test]
async fn who_may_read_and_set() {
    let (test, ada, own) = with_ada().await;
    let bob = a_person().org("acme").put(test.store.as_ref()).await;
    let (jwt, key, admin) = ("authorization", "x-api-key", "x-admin-api-key");
    let callers = [
        ("nobody", vec![]),
        ("another person", vec![(jwt, test.bearer(bob))]),
        ("key of another", vec![(key, test.key("other", false).await)]),
        ("the person", vec![(jwt, test.bearer(ada))]),
        ("own key", vec![(key, own)]),
        ("super key", vec![(key, test.key("boss", true).await)]),
        ("staff", vec![(admin, ADMIN_KEY.to_owned()), (jwt, test.staff())]),
    ];
    let mut table = String::new();
    for (name, headers) in callers {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        write!(table, "{name:<15}").unwrap();
        for user in [ADA, "0190163d-8694-739b-aea5-5966c26f8ad9", "42"] {
            let path = |what: &str| format!("/users/{user}/{what}");
            let email = test.post(&path("UpdateEmail"), &headers, &address("ada@example.com")).await;
            let phone = test.post(&path("UpdatePhoneNumber"), &headers, &number("+48600100200")).await;
            let read = test.get(&path("phone-number"), &headers).await;
            for answer in [email, phone, read] {
                write!(table, " {}", answer.status.as_u16()).unwrap();
            }
            table.push_str(" |");
        }
        table.push('\n');
    }
    assert_snapshot!(table.replace(" |\n", "\n"), @r"
    nobody          401 401 401 | 401 401 401 | 401 401 401
    another person  403 403 403 | 403 403 403 | 403 403 403
    key of another  403 403 403 | 403 403 403 | 403 403 403
    the person      200 200 200 | 403 403 403 | 403 403 403
    own key         200 200 200 | 403 403 403 | 403 403 403
    super key       200 200 200 | 404 404 404 | 404 404 404
    staff           200 200 200 | 404 404 404 | 404 404 404
    ");
}
