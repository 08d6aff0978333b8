//! What the desk sees of camera accounts, and sets right.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use insta::assert_json_snapshot;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::PrivateChange;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{GatewayError, ThreeDEyeAccounts, ThreeDEyeGateway, Unavailable};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{AccountOwner, AccountState, KnownAccount, RemoteAccount, WithoutAccount};
use portcullis_domain::user::Profile;
use portcullis_testkit::build::{a_camera_role, a_commit, a_person, assign, email, remote_role};
use portcullis_testkit::fake::{Fault, Operation};
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, TestApp};

const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";

async fn with_ada() -> TestApp {
    let test = TestApp::new();
    a_person().id(UserId::parse(ADA).unwrap()).org("acme").email("ada@example.com").put(test.store.as_ref()).await;
    test
}

impl TestApp {
    async fn staff_post(&self, path: &str, body: &Value) -> Answer {
        let staff = self.staff();
        self.post(path, &[("x-admin-api-key", ADMIN_KEY), ("authorization", &staff)], body).await
    }

    async fn staff_get(&self, path: &str) -> Answer {
        let staff = self.staff();
        self.get(path, &[("x-admin-api-key", ADMIN_KEY), ("authorization", &staff)]).await
    }
}

#[tokio::test]
async fn a_camera_account_is_told_from_both_sides() {
    let test = with_ada().await;
    let path = format!("/admin/threedeye/users/{ADA}");
    test.gateway.seed("other@example.com", true, &[]);
    assert_json_snapshot!("not-yet", test.staff_get(&path).await.told());
    test.staff_get(&format!("/users/{ADA}/3deye-credentials")).await.expect(200);
    assert_json_snapshot!("in-use", test.staff_get(&path).await.told());
    test.gateway.set_down(Some(GatewayError::NotConfigured));
    assert_json_snapshot!("not-configured", test.staff_get(&path).await.told());
}

#[tokio::test]
async fn nobody_is_known_by_any_id() {
    let test = with_ada().await;
    assert_json_snapshot!("nobody", test.staff_get("/admin/threedeye/users/example_string").await.told());
    let shouted = test.staff_get(&format!("/admin/threedeye/users/{}", ADA.to_uppercase())).await.expect(200);
    assert_eq!(shouted.body["userId"], ADA);
}

#[tokio::test]
async fn a_backfill_counts_and_goes_on() {
    let test = with_ada().await;
    for number in 0..3 {
        a_person().email(&format!("p{number}@example.com")).put(test.store.as_ref()).await;
    }
    let path = "/admin/backfill-threedeye";
    let first = test.staff_post(&format!("{path}?limit=2"), &json!({})).await.expect(200);
    let told = json!({"success": true, "total": 2, "created": 2, "failed": 0, "errors": []});
    assert_eq!(first.body, told);
    test.gateway.set_down(Some(GatewayError::Unauthorised));
    let second = test.staff_post(path, &json!({})).await.expect(200);
    assert_eq!(
        (&second.body["success"], &second.body["total"], &second.body["failed"]),
        (&json!(true), &json!(2), &json!(2))
    );
    let errors = second.body["errors"].as_array().unwrap();
    assert!(errors.len() == 2 && errors.iter().all(|error| !error.as_str().unwrap().contains('@')), "{errors:?}");
    let retry_after = std::time::Duration::from_secs(30);
    for (closed, wait) in [(GatewayError::NotConfigured, "2"), (GatewayError::CircuitOpen { retry_after }, "30")] {
        test.gateway.set_down(Some(closed));
        let refused = test.staff_post(path, &json!({})).await.expect(503);
        assert_eq!(refused.header("retry-after"), Some(wait));
    }
    for limit in ["0", "1001", "-1", "many", "", "1e2"] {
        let wrong = test.staff_post(&format!("{path}?limit={limit}"), &json!({})).await.expect(400);
        assert_eq!(wrong.body["details"][0]["field"], "limit", "{limit}");
    }
}

/// Our rows, at a store that takes its time.
struct SlowRows(Arc<dyn ThreeDEyeAccounts>);

#[async_trait]
impl ThreeDEyeAccounts for SlowRows {
    async fn find(&self, user: UserId) -> Result<AccountState, Unavailable> {
        tokio::time::sleep(Duration::from_secs(2)).await;
        self.0.find(user).await
    }

    async fn without_account(
        &self,
        tried_before: Timestamp,
        after: Option<WithoutAccount>,
        limit: u32,
    ) -> Result<Vec<WithoutAccount>, Unavailable> {
        self.0.without_account(tried_before, after, limit).await
    }

    async fn count_without_account(&self, tried_before: Timestamp) -> Result<u64, Unavailable> {
        self.0.count_without_account(tried_before).await
    }

    async fn mappings(&self, after: Option<UserId>, limit: u32) -> Result<Vec<KnownAccount>, Unavailable> {
        self.0.mappings(after, limit).await
    }

    async fn owners(&self, accounts: &[RemoteAccount]) -> Result<Vec<AccountOwner>, Unavailable> {
        self.0.owners(accounts).await
    }

    async fn is_claimed(&self, address: &EmailAddress, leaving_out: Option<UserId>) -> Result<bool, Unavailable> {
        self.0.is_claimed(address, leaving_out).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_backfill_ends_in_time_for_its_answer() {
    let test = TestApp::on(|ports, _| ports.accounts = Arc::new(SlowRows(ports.accounts.clone())));
    for number in 0..200 {
        a_person().email(&format!("p{number}@example.com")).put(test.store.as_ref()).await;
    }
    let path = "/admin/backfill-threedeye?limit=1000";
    let begun = tokio::time::Instant::now();
    let first = test.staff_post(path, &json!({})).await.expect(200).body;
    assert!(begun.elapsed() >= Duration::from_secs(50), "{:?}", begun.elapsed());
    assert_eq!(first["success"], false);
    let made = first["created"].as_u64().unwrap();
    assert!((16..200).contains(&made) && first["total"] == made, "{first}");
    let why = "ended early: the time of one request is over; another call goes on";
    assert_eq!(first["errors"], json!([why]));
    assert_eq!(test.gateway.accounts().len() as u64, made);
}

#[tokio::test]
async fn the_limit_of_a_backfill_belongs_to_its_key() {
    let test = TestApp::new();
    for number in 0..4 {
        a_person().email(&format!("p{number}@example.com")).put(test.store.as_ref()).await;
    }
    let staff = test.staff();
    let ask = async |query: &str| {
        let key = [("x-admin-api-key", ADMIN_KEY), ("authorization", &*staff), ("idempotency-key", "k-1")];
        test.post(&format!("/admin/backfill-threedeye{query}"), &key, &json!({})).await
    };
    let first = ask("?limit=1").await.expect(200);
    let again = ask("?limit=1").await.expect(200);
    assert_eq!((&again.body, again.header("idempotent-replayed")), (&first.body, Some("true")));
    for other in ["?limit=2", ""] {
        ask(other).await.expect(422);
    }
    assert_eq!(test.gateway.accounts().len(), 1);
}

#[tokio::test]
async fn drift_is_told_and_set_right() {
    let test = with_ada().await;
    test.staff_get(&format!("/users/{ADA}/3deye-credentials")).await.expect(200);
    let id = test.gateway.accounts()[0].id.clone();
    test.gateway.delete(&id).await.unwrap();
    test.gateway.seed("stranger@example.com", true, &[]);
    let first = test.staff_get("/admin/threedeye/drift?limit=1").await.expect(200);
    assert_json_snapshot!("drift-first", first.told());
    let next = first.body["nextCursor"].as_str().unwrap();
    let rest = test.staff_get(&format!("/admin/threedeye/drift?cursor={next}")).await;
    assert_json_snapshot!("drift-rest", rest.told());
    let path = "/admin/threedeye/drift/repair";
    let body = json!({"finding": first.body["findings"][0]});
    assert_json_snapshot!("repair-dry", test.staff_post(path, &body).await.told());
    let body = json!({"finding": first.body["findings"][0], "dryRun": false});
    let repaired = test.staff_post(path, &body).await.expect(200);
    assert_eq!(repaired.header("etag"), None, "it is about no aggregate of the path");
    assert_json_snapshot!("repair-done", repaired.told());
    assert_json_snapshot!("repair-again", test.staff_post(path, &body).await.told());
    let mut body = json!({"finding": rest.body["findings"][0], "dryRun": false});
    assert_json_snapshot!("repair-not-asked", test.staff_post(path, &body).await.told());
    body["deleteRemote"] = json!(true);
    assert_json_snapshot!("repair-deleted", test.staff_post(path, &body).await.told());
    assert_json_snapshot!("repair-wrong", test.staff_post(path, &json!({"finding": {"kind": "gone"}})).await.told());
    let complete = test.staff_get("/admin/threedeye/drift").await.expect(200);
    assert_eq!((&complete.body["complete"], &complete.body["findings"]), (&json!(true), &json!([])));
}

#[tokio::test]
async fn a_role_3deye_has_no_more_is_named() {
    let test = with_ada().await;
    let ada = UserId::parse(ADA).unwrap();
    test.staff_get(&format!("/users/{ADA}/3deye-credentials")).await.expect(200);
    test.gateway.seed_role(&remote_role("lobby"), "Lobby");
    for role in ["lobby", "vault"] {
        let made = a_camera_role().remote(&remote_role(role)).put(test.store.as_ref()).await;
        assign(test.store.as_ref(), &made, ada).await;
    }
    let body = json!({"finding": {"kind": "roleless", "userId": ADA}, "dryRun": false});
    for changed in [true, false] {
        let told = test.staff_post("/admin/threedeye/drift/repair", &body).await.expect(200).body;
        let reason = json!("3dEye has no such role any more: vault");
        assert_eq!(
            (&told["changed"], &told["reason"], &told["action"]),
            (&json!(changed), &reason, &json!("assignRoles"))
        );
    }
}

#[tokio::test]
async fn a_reset_that_only_clears_keeps_what_alone_leads_to_an_account() {
    let test = with_ada().await;
    let ada = UserId::parse(ADA).unwrap();
    test.staff_get(&format!("/users/{ADA}/3deye-credentials")).await.expect(200);
    let moved = Profile { email: Some(email("ada@elsewhere.example")), ..Profile::empty(ada) };
    a_commit().private(PrivateChange::Profile(moved)).put(test.store.as_ref()).await;
    let path = format!("/admin/threedeye/users/{ADA}");
    let told = test.staff_post(&format!("{path}/reset"), &json!({})).await.expect(200).body;
    assert_eq!((&told["email"], &told["clearedMapping"]), (&json!("ada@elsewhere.example"), &json!(false)));
    let left = test.staff_get(&path).await.expect(200).body;
    assert_eq!((&left["mapping"]["found"], &left["mapping"]["hasPassword"]), (&json!(true), &json!(false)));
}

#[tokio::test]
async fn a_cursor_is_one_that_was_given() {
    let test = with_ada().await;
    for number in 0..7 {
        test.gateway.seed(&format!("s.{number}@example.com"), true, &[]);
    }
    // In the middle of the second page of the list.
    test.gateway.fail_nth(Operation::Get, 5, Fault::Before(GatewayError::Unavailable { retry_after: None }));
    let (mut path, mut found) = ("/admin/threedeye/drift?limit=2".to_owned(), 0);
    while let Some(next) = {
        let page = test.staff_get(&path).await.expect(200);
        found += page.body["findings"].as_array().unwrap().len();
        page.body["nextCursor"].as_str().map(str::to_owned)
    } {
        path = format!("/admin/threedeye/drift?limit=2&cursor={next}");
    }
    assert_eq!(found, 7);
    for cursor in ["", "x", "m1", "a", "a1.", "a0.0.0.", "a1.1.x.", "a0.-1.0.y", "%C3%A4"] {
        let wrong = test.staff_get(&format!("/admin/threedeye/drift?cursor={cursor}&limit=0")).await.expect(400);
        let fields: Vec<_> = wrong.body["details"].as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
        assert_eq!(fields, ["cursor", "limit"], "{cursor}");
    }
    test.gateway.set_down(Some(GatewayError::Unauthorised));
    test.staff_get("/admin/threedeye/drift?cursor=a0").await.expect(502);
}
