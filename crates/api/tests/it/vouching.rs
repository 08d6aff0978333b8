//! Whose account at 3dEye is whose: every way a person gets an address, and what the person then gets of an account that has
//! the address there already.

use jsonwebtoken::Algorithm;
use portcullis_domain::ids::{ThreeDEyeRoleId, UserId};
use portcullis_domain::usecase::user::AccountOrder;
use portcullis_domain::user::Role;
use portcullis_testkit::build::{a_person, email, user_name};
use portcullis_testkit::fake::FakeHasher;
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Account, Answer, JWT_SECRET, TestApp, claims, signed};

const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";
const EMAIL: &str = "ada@example.com";
const OTHER: &str = "other@example.com";

/// Who sets the address.
#[derive(Debug, Clone, Copy, PartialEq)]
enum By {
    Staff,
    SuperKey,
    Key,
    /// The person, whose token has the address, verified.
    Own,
    /// The same, not verified.
    OwnUnverified,
    /// Verified for another address.
    OwnOther,
    /// A key, with the token of the person.
    KeyWithOwn,
    /// A key, with a token of the person for another address.
    KeyWithOther,
}

const ALL: [By; 8] =
    [By::Staff, By::SuperKey, By::Key, By::Own, By::OwnUnverified, By::OwnOther, By::KeyWithOwn, By::KeyWithOther];

impl By {
    const fn vouches(self) -> bool {
        matches!(self, Self::Staff | Self::SuperKey | Self::Own | Self::KeyWithOwn)
    }
}

fn token(test: &TestApp, address: &str, verified: bool) -> String {
    let mut claims = claims(ADA, address);
    claims["email_verified"] = verified.into();
    format!("Bearer {}", signed(&test.good_for_an_hour(claims), Algorithm::HS256, JWT_SECRET))
}

struct World {
    test: TestApp,
    super_key: String,
    key: String,
}

impl World {
    async fn new() -> Self {
        let test = TestApp::new();
        let (super_key, key) = (test.key("boss", true).await, test.key("acme", false).await);
        Self { test, super_key, key }
    }

    /// With somebody else's account at 3dEye, which has a role.
    async fn with_account_of(address: &str) -> Self {
        let world = Self::new().await;
        world.test.gateway.seed(address, true, &[ThreeDEyeRoleId::parse("vault").unwrap()]);
        world
    }

    fn headers(&self, by: By) -> Vec<(&'static str, String)> {
        let key = || ("x-api-key", self.key.clone());
        let own = |address, verified| ("authorization", token(&self.test, address, verified));
        match by {
            By::Staff => vec![("x-admin-api-key", ADMIN_KEY.to_owned()), ("authorization", self.test.staff())],
            By::SuperKey => vec![("x-api-key", self.super_key.clone())],
            By::Key => vec![key()],
            By::Own => vec![own(EMAIL, true)],
            By::OwnUnverified => vec![own(EMAIL, false)],
            By::OwnOther => vec![own(OTHER, true)],
            By::KeyWithOwn => vec![key(), own(EMAIL, true)],
            By::KeyWithOther => vec![key(), own(OTHER, true)],
        }
    }

    async fn post(&self, by: By, path: &str, body: &Value) -> Answer {
        let headers = self.headers(by);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.test.post(path, &headers, body).await
    }

    async fn get(&self, by: By, path: &str) -> Answer {
        let headers = self.headers(by);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.test.get(path, &headers).await
    }

    async fn fetch(&self, by: By, user: UserId) -> Answer {
        self.get(by, &format!("/users/{user}/3deye-credentials")).await
    }

    async fn person_with(&self, address: &str) -> UserId {
        self.test.app.ports.users.find_by_address(&email(address)).await.unwrap().expect("the address was set").id
    }

    async fn root(&self) -> Account {
        self.test.account("root", &[Role::Admin]).await
    }

    async fn update(&self, root: &Account, user: UserId, data: Value) {
        let code = root.password_code();
        let body = json!({"userId": user.to_string(), "data": data});
        self.test.as_rc(root, "users.update", &[("x-2fa-code", &code)], &body).await.expect(200);
    }

    async fn reset(&self, user: UserId, body: Value) -> Answer {
        self.post(By::Staff, &format!("/admin/threedeye/users/{user}/reset"), &body).await.expect(200)
    }

    /// Fetches by a key that stands for nothing; the account must be taken over, or left alone.
    async fn assert_gets(&self, told: &str, address: &str, taken_over: bool) {
        let user = self.person_with(address).await;
        let fetched = self.fetch(By::SuperKey, user).await;
        let there = self.test.gateway.accounts();
        assert_eq!(there.len(), 1, "{told}");
        assert_eq!(there[0].roles, [ThreeDEyeRoleId::parse("vault").unwrap()], "{told}");
        if taken_over {
            assert_eq!(fetched.status, 200, "{told}: {}", fetched.body);
            assert_eq!(there[0].password.as_deref(), fetched.body["password"].as_str(), "{told}");
        } else {
            assert_eq!(fetched.status, 409, "{told}: {}", fetched.body);
            assert_eq!(there[0].password, None, "{told}");
        }
    }
}

#[tokio::test]
async fn who_made_the_person_with_the_address() {
    for by in ALL {
        let world = World::with_account_of(EMAIL).await;
        let made = world.post(by, &format!("/users/{ADA}/CreateUser"), &json!({"userId": ADA, "email": EMAIL})).await;
        assert_eq!(made.status, 201, "{by:?}: {}", made.body);
        world.assert_gets(&format!("CreateUser by {by:?}"), EMAIL, by.vouches()).await;
    }
}

#[tokio::test]
async fn who_set_the_first_address() {
    for by in ALL {
        let world = World::with_account_of(EMAIL).await;
        a_person().id(UserId::parse(ADA).unwrap()).org("acme").put(world.test.store.as_ref()).await;
        world.post(by, &format!("/users/{ADA}/UpdateEmail"), &json!({"email": EMAIL})).await.expect(200);
        world.assert_gets(&format!("UpdateEmail by {by:?}"), EMAIL, by.vouches()).await;
        // Setting it again makes nobody stand for it who did not before.
        world.post(By::Staff, &format!("/users/{ADA}/UpdateEmail"), &json!({"email": EMAIL})).await.expect(200);
        world.assert_gets(&format!("UpdateEmail by {by:?}, then again"), EMAIL, by.vouches()).await;
    }
}

#[tokio::test]
async fn who_looked_the_person_up_first() {
    let queries = [format!("by-email?email={EMAIL}"), format!("by-phone?phoneNumber=%2B48600100200&email={EMAIL}")];
    for query in queries {
        for by in ALL {
            let world = World::with_account_of(EMAIL).await;
            world.get(by, &format!("/users/{query}&uuid={ADA}")).await.expect(200);
            world.assert_gets(&format!("{query} by {by:?}"), EMAIL, by.vouches()).await;
            // Being found changes nothing.
            world.get(By::Staff, &format!("/users/{query}")).await.expect(200);
            world.assert_gets(&format!("{query} by {by:?}, then found"), EMAIL, by.vouches()).await;
        }
    }
}

#[tokio::test]
async fn operators_stand_for_no_address() {
    let world = World::with_account_of(EMAIL).await;
    let (root, verified) = (world.root().await, json!(true));
    let account = json!({"email": EMAIL, "name": "Ada", "username": "ada", "password": "secret", "verified": verified});
    let code = root.password_code();
    world.test.as_rc(&root, "users.create", &[("x-2fa-code", &code)], &account).await.expect(200);
    world.assert_gets("users.create", EMAIL, false).await;

    let world = World::with_account_of(EMAIL).await;
    let root = world.root().await;
    let bare = a_person().put(world.test.store.as_ref()).await;
    let account = json!({"email": EMAIL, "username": "ada", "password": "secret", "verified": verified});
    world.update(&root, bare, account).await;
    world.assert_gets("users.update of a person without an account", EMAIL, false).await;

    let world = World::with_account_of(EMAIL).await;
    let root = world.root().await;
    let bob = world.test.has_account("bob", &[Role::User]).await;
    world.update(&root, bob, json!({"email": EMAIL, "verified": verified})).await;
    world.assert_gets("users.update of an account", EMAIL, false).await;
}

#[tokio::test]
async fn who_set_the_service_up_stands_for_the_first_administrator() {
    let world = World::with_account_of(EMAIL).await;
    let order = AccountOrder {
        username: user_name("root"),
        name: "root".to_owned(),
        password: FakeHasher::password_digest("root"),
        roles: [Role::Admin].into(),
        email: Some(email(EMAIL)),
        email_verified: false,
    };
    let app = &world.test.app;
    app.cases.users.first_administrator.execute(app.request_id("cli"), order).await.unwrap();
    world.assert_gets("the first administrator", EMAIL, true).await;
}

/// An address somebody stood for, changed: nobody stands for the new one, and for the old one only who sets it again.
#[tokio::test]
async fn a_changed_address_takes_nothing_along() {
    for by in ALL.into_iter().filter(|by| by.vouches()) {
        let world = World::with_account_of(OTHER).await;
        let root = world.root().await;
        world.post(by, &format!("/users/{ADA}/CreateUser"), &json!({"userId": ADA, "email": EMAIL})).await;
        let ada = UserId::parse(ADA).unwrap();
        world.update(&root, ada, json!({"username": "ada", "password": "secret"})).await;
        world.update(&root, ada, json!({"email": OTHER})).await;
        world.assert_gets(&format!("set by {by:?}, then changed"), OTHER, false).await;
        world.update(&root, ada, json!({"email": EMAIL})).await;
        world.test.gateway.seed(EMAIL, true, &[]);
        let back = world.fetch(By::SuperKey, ada).await;
        assert_eq!(back.status, 409, "{by:?}: {}", back.body);
    }
}

#[tokio::test]
async fn the_persons_own_verified_token_is_as_good_as_a_voucher() {
    for (by, taken_over) in [(By::OwnOther, false), (By::OwnUnverified, false), (By::Key, false), (By::Own, true)] {
        let world = World::with_account_of(EMAIL).await;
        world.post(By::Key, &format!("/users/{ADA}/CreateUser"), &json!({"userId": ADA, "email": EMAIL})).await;
        let fetched = world.fetch(by, UserId::parse(ADA).unwrap()).await;
        assert_eq!(fetched.status, if taken_over { 200 } else { 409 }, "{by:?}: {}", fetched.body);
        assert_eq!(world.test.gateway.accounts()[0].password.is_some(), taken_over, "{by:?}");
    }
}

#[tokio::test]
async fn who_was_provisioned_by_us_stays_so_after_clearing() {
    for body in [json!({}), json!({"reprovision": true}), json!({"deleteRemote": true})] {
        let world = World::new().await;
        world.post(By::Key, &format!("/users/{ADA}/CreateUser"), &json!({"userId": ADA, "email": EMAIL})).await;
        let ada = UserId::parse(ADA).unwrap();
        world.fetch(By::Key, ada).await.expect(200);
        world.reset(ada, body.clone()).await;
        let fetched = world.fetch(By::Key, ada).await.expect(200);
        let there = world.test.gateway.accounts();
        assert_eq!(there.len(), 1, "{body}");
        assert_eq!(there[0].password.as_deref(), fetched.body["password"].as_str(), "{body}");
    }
}

/// What we made for one address says nothing of another.
#[tokio::test]
async fn who_was_provisioned_for_one_address_is_not_for_the_next() {
    let world = World::new().await;
    let root = world.root().await;
    world.post(By::Key, &format!("/users/{ADA}/CreateUser"), &json!({"userId": ADA, "email": EMAIL})).await;
    let ada = UserId::parse(ADA).unwrap();
    world.fetch(By::Key, ada).await.expect(200);
    world.update(&root, ada, json!({"username": "ada", "password": "secret"})).await;
    world.update(&root, ada, json!({"email": OTHER})).await;
    world.test.gateway.seed(OTHER, true, &[ThreeDEyeRoleId::parse("vault").unwrap()]);
    let report = world.reset(ada, json!({"reprovision": true})).await;
    assert!(report.body["reprovision"]["error"].is_string(), "{}", report.body);
    assert_eq!(world.test.gateway.accounts().iter().filter(|account| account.password.is_none()).count(), 1);
}
