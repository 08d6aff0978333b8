//! Sign-ins that failed too often, and floods of them, as clients see it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use insta::assert_json_snapshot;
use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::hasher::{Argon2Hasher, HashingLoad};
use portcullis_domain::commit::PrivateChange;
use portcullis_domain::port::Hasher;
use portcullis_domain::user::{Role, UserStatus};
use portcullis_testkit::build::{a_commit, a_person};
use portcullis_testkit::fake::FakeHasher;
use portcullis_testkit::memory::Asked;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Answer, TestApp, shown};

impl TestApp {
    async fn tries(&self, address: &str, body: &Value) -> Answer {
        self.rc("login", &[("x-forwarded-for", address)], body).await
    }
}

fn behind_a_proxy() -> TestApp {
    TestApp::with(|settings| settings.trusted_proxy_hops = 1)
}

#[tokio::test]
async fn a_name_and_an_address_are_blocked_for_a_time() {
    let test = behind_a_proxy();
    test.has_account("ada", &[Role::User]).await;
    let right = json!({"user": "ada", "password": "ada"});
    let mut told = Vec::new();
    for name in ["ada", "nobody"] {
        let wrong = json!({"user": name, "password": "wrong"});
        for _ in 0..10 {
            assert_eq!(test.tries("192.0.2.1", &wrong).await.expect(401).body["error"], json!("Unauthorized"));
        }
        told.push(shown(&test.tries("192.0.2.2", &wrong).await, &[]));
    }
    assert_eq!(told[0], told[1], "whether somebody has the name is not told");
    assert_eq!(shown(&test.tries("192.0.2.3", &right).await, &[]), told[0]);
    for number in 0..30 {
        test.tries("192.0.2.1", &json!({"user": format!("user{number}"), "password": "wrong"})).await.expect(401);
    }
    let for_address = test.tries("192.0.2.1", &json!({"email": "new@example.com", "password": "wrong"})).await;
    assert_json_snapshot!(json!({"for user": told[0], "for address": shown(&for_address, &[])}));
    test.clock.advance(Duration::from_mins(5));
    test.tries("192.0.2.1", &right).await.expect(200);
}

#[tokio::test]
async fn a_success_begins_the_count_anew() {
    let test = behind_a_proxy();
    test.has_account("ada", &[Role::User]).await;
    for _ in 0..3 {
        for _ in 0..9 {
            test.tries("192.0.2.1", &json!({"user": "ada", "password": "wrong"})).await.expect(401);
        }
        test.tries("192.0.2.1", &json!({"user": "ada", "password": "ada"})).await.expect(200);
    }
}

/// The second factor has a count of its own: a right password with a wrong code is no failure of the password, and no
/// success either.
#[tokio::test]
async fn wrong_codes_are_counted_apart() {
    let test = behind_a_proxy();
    let ada = test.account("ada", &[Role::User]).await;
    let phone = test.enrols(&ada).await;
    for _ in 0..9 {
        test.tries("192.0.2.1", &json!({"user": "ada", "password": "wrong"})).await.expect(401);
    }
    for code in [json!({"user": "ada", "password": "ada"}), json!({"user": "ada", "password": "ada", "code": "wrong"})]
    {
        assert!(test.tries("192.0.2.1", &code).await.expect(401).body["error"].as_str().unwrap().starts_with("totp-"));
    }
    let code = phone.next_code(&test.clock);
    test.tries("192.0.2.1", &json!({"user": "ada", "password": "ada", "code": code})).await.expect(200);
    assert_eq!(test.store.count_rows()["work_sign_in_failures"], 0);
}

/// In all the forms in which names and passwords come, the work is the same whether there is an account or not.
#[tokio::test]
async fn no_work_tells_whether_the_name_exists() {
    let test = behind_a_proxy();
    test.has_account("ada", &[Role::User]).await;
    for (name, status) in [("ina", UserStatus::Inactive), ("sue", UserStatus::Suspended)] {
        let person = a_person().status(status).email(&format!("{name}@example.com"));
        person.account(name, &[Role::User]).put(test.store.as_ref()).await;
    }
    a_person().email("bob@example.com").put(test.store.as_ref()).await;
    let clear = json!("wrong");
    let digest = json!({"digest": FakeHasher::password_digest("wrong").expose(), "algorithm": "sha-256"});
    let mut costs = Vec::new();
    for password in [clear, digest] {
        for name in ["ada", "ina", "sue", "nobody", "ada@example.com", "bob@example.com", "nobody@example.com"] {
            let (asked, hashes) = (test.store.asked(), test.hasher.slow_hashes());
            let answer = test.tries("192.0.2.1", &json!({"user": name, "password": password})).await;
            let Asked { reads, commits, changes } = test.store.asked();
            let work = (reads - asked.reads, commits - asked.commits, changes - asked.changes);
            costs.push((work, test.hasher.slow_hashes() - hashes, answer.told()));
        }
    }
    assert!(costs.iter().all(|cost| *cost == costs[0]), "{costs:#?}");
    assert_eq!((costs[0].0, costs[0].1), ((3, 1, 2), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_sign_ins_is_answered_within_bounds() {
    const FLOOD: usize = 500;
    let most = HashingLoad { working: 2, waiting: 14 };
    let hasher = Argon2Hasher::bounded(Arc::new(SystemEntropy), most);
    let test = Arc::new(TestApp::on(|ports, settings| {
        ports.hasher = Arc::new(hasher.clone());
        settings.lockout = None;
    }));
    let ada = test.has_account("ada", &[Role::User]).await;
    let hash = hasher.hash_password(&FakeHasher::password_digest("ada")).await.unwrap();
    a_commit().private(PrivateChange::Password { user: ada, hash }).put(test.store.as_ref()).await;
    let mut flood = JoinSet::new();
    for number in 0..FLOOD {
        let (test, hasher) = (Arc::clone(&test), hasher.clone());
        flood.spawn(async move {
            let password = if number % 2 == 0 { "ada" } else { "wrong" };
            let answer = test.rc("login", &[], &json!({"user": "ada", "password": password})).await;
            let load = hasher.load();
            assert!(load.working <= most.working && load.waiting <= most.waiting + most.working, "{load:?}");
            if answer.status == 503 {
                assert_eq!(answer.header("retry-after"), Some("2"));
            }
            answer.status.as_u16()
        });
    }
    let mut statuses = BTreeMap::<u16, usize>::new();
    for status in flood.join_all().await {
        *statuses.entry(status).or_default() += 1;
    }
    assert!(statuses.keys().all(|status| [200, 401, 503].contains(status)), "{statuses:?}");
    assert_eq!(statuses.values().sum::<usize>(), FLOOD);
    assert!(statuses.get(&503).is_some_and(|sent_away| *sent_away > FLOOD / 2), "{statuses:?}");
    assert_eq!(hasher.load(), HashingLoad { working: 0, waiting: 0 });
    assert_eq!(test.store.sessions_of(ada).len(), statuses.get(&200).copied().unwrap_or_default());
    test.rc("login", &[], &json!({"user": "ada", "password": "ada"})).await.expect(200);
}
