//! Keeping out whoever tries passwords out, without telling who has an account.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use portcullis_domain::commit::ClientTrace;
use portcullis_domain::policy::Caller;
use portcullis_domain::port::{Hasher, LoginName, Unavailable};
use portcullis_domain::secret::Secret;
use portcullis_domain::session::{Blocked, LockoutPolicy, SignInRefusal};
use portcullis_domain::totp::{BackupCodes, Proof};
use portcullis_domain::usecase::session::{Lockout, NewSession, SignIn, SignInOrder, UnlockAccount};
use portcullis_domain::usecase::{Request, UseCaseError};
use portcullis_domain::user::{PasswordDigest, PasswordHash, UserStatus};
use portcullis_testkit::build::{a_person, email, user_name};
use portcullis_testkit::fake::FakeHasher;
use portcullis_testkit::memory::Asked;
use tokio::task::JoinSet;

use super::sign_in::LIFETIME;
use super::world::{World, operator, request};

const WINDOW: Duration = Duration::from_mins(5);

fn from(address: &str) -> Request {
    let client = ClientTrace { address: Some(address.to_owned()), user_agent: None };
    Request { client: Some(client), ..request(Caller::default()) }
}

fn named(name: &str) -> LoginName {
    if name.contains('@') { LoginName::Email(email(name)) } else { LoginName::UserName(user_name(name)) }
}

fn order(login: Option<LoginName>, password: &str) -> SignInOrder {
    SignInOrder { login, password: FakeHasher::password_digest(password), proof: Proof::default() }
}

fn refusal(result: Result<NewSession, UseCaseError<SignInRefusal>>) -> SignInRefusal {
    match result {
        Err(UseCaseError::Refused { refusal, .. }) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

impl World {
    async fn tries(
        &self,
        address: &str,
        name: &str,
        password: &str,
    ) -> Result<NewSession, UseCaseError<SignInRefusal>> {
        self.signing_in().execute(&from(address), &order(Some(named(name)), password)).await
    }

    async fn fails(&self, address: &str, name: &str, times: u32) {
        for _ in 0..times {
            assert_eq!(refusal(self.tries(address, name, "wrong").await), SignInRefusal::WrongCredentials);
        }
    }
}

const FOR_USER: SignInRefusal = SignInRefusal::Blocked(Blocked::Account);
const FOR_ADDRESS: SignInRefusal = SignInRefusal::Blocked(Blocked::Address);

#[tokio::test]
async fn ten_failures_block_a_name_whether_somebody_has_it_or_not() {
    let world = World::new();
    world.with_password("ada", UserStatus::Active).await;
    for name in ["ada", "nobody", "nobody@example.com"] {
        world.fails("192.0.2.1", name, 10).await;
        let hashes = world.hasher.slow_hashes();
        for password in ["wrong", "secret"] {
            for address in ["192.0.2.1", "198.51.100.1"] {
                assert_eq!(refusal(world.tries(address, name, password).await), FOR_USER, "{name}");
            }
        }
        assert_eq!(world.hasher.slow_hashes(), hashes, "no password is looked at any more");
    }
    assert_eq!(refusal(world.tries("192.0.2.1", "ADA", "secret").await), FOR_USER, "whatever its spelling");
    world.clock.advance(WINDOW);
    world.tries("192.0.2.1", "ada", "secret").await.unwrap();
    world.fails("192.0.2.1", "nobody", 1).await;
}

#[tokio::test]
async fn that_a_name_and_an_address_are_of_one_account_does_not_show() {
    let world = World::new();
    world.with_password("ada", UserStatus::Active).await;
    world.fails("192.0.2.1", "ada", 10).await;
    world.fails("192.0.2.1", "ada@example.com", 10).await;
    assert_eq!(refusal(world.tries("192.0.2.1", "ada@example.com", "secret").await), FOR_USER);
}

#[tokio::test]
async fn fifty_failures_block_an_address_for_every_name() {
    let world = World::new();
    world.with_password("ada", UserStatus::Active).await;
    for number in 0..10 {
        world.fails("2001:db8::1", &format!("user{number}"), 4).await;
        world.fails("2001:db8::ffff:0:0:2", &format!("user{number}"), 1).await;
    }
    for name in ["ada", "user1", "somebody.else"] {
        assert_eq!(refusal(world.tries("2001:db8:0:0:1::3", name, "secret").await), FOR_ADDRESS, "one network");
    }
    let unreadable = world.signing_in().execute(&from("2001:db8::1"), &order(None, "secret")).await;
    assert_eq!(refusal(unreadable), FOR_ADDRESS);
    world.tries("2001:db8:0:1::1", "ada", "secret").await.unwrap();
    world.tries("192.0.2.1", "ada", "secret").await.unwrap();
    world.clock.advance(WINDOW);
    world.tries("2001:db8::1", "ada", "secret").await.unwrap();
}

#[tokio::test]
async fn a_success_clears_both_counts() {
    let world = World::new();
    world.with_password("ada", UserStatus::Active).await;
    for _ in 0..7 {
        world.fails("192.0.2.1", "ada", 9).await;
        world.tries("192.0.2.1", "ada", "secret").await.unwrap();
        assert_eq!(world.store.count_rows()["work_sign_in_failures"], 0);
    }
    let before = world.store.asked();
    world.tries("192.0.2.1", "ada", "secret").await.unwrap();
    let clearing = world.store.asked().changes - before.changes;
    assert_eq!(clearing, 2, "where nothing was counted, nothing is written but the session and its guard");
}

#[tokio::test]
async fn a_right_password_of_the_switched_off_is_no_failure_and_no_success() {
    let world = World::new();
    world.with_password("off", UserStatus::Inactive).await;
    world.fails("192.0.2.1", "off", 9).await;
    for _ in 0..3 {
        assert_eq!(refusal(world.tries("192.0.2.1", "off", "secret").await), SignInRefusal::NotActivated);
    }
    world.fails("192.0.2.1", "off", 1).await;
    assert_eq!(refusal(world.tries("192.0.2.1", "off", "secret").await), FOR_USER);
}

#[tokio::test]
async fn a_failure_that_cannot_be_counted_is_not_told() {
    let world = World::new();
    world.with_password("ada", UserStatus::Active).await;
    world.store.fail_next_commits(1);
    let answer = world.tries("192.0.2.1", "ada", "wrong").await;
    assert!(matches!(answer, Err(UseCaseError::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn failures_at_once_are_all_counted() {
    let world = Arc::new(World::new());
    world.with_password("ada", UserStatus::Active).await;
    let mut crowd = JoinSet::new();
    for _ in 0..64 {
        let world = Arc::clone(&world);
        crowd.spawn(async move { refusal(world.tries("192.0.2.1", "ada", "wrong").await) });
    }
    crowd.join_all().await;
    for (address, name, blocked) in
        [("198.51.100.1", "ada", FOR_USER), ("192.0.2.1", "bob", FOR_ADDRESS), ("192.0.2.1", "ada", FOR_ADDRESS)]
    {
        assert_eq!(refusal(world.tries(address, name, "secret").await), blocked);
    }
}

/// A hasher at which others are quicker: while it looks at one password, this many of theirs fail.
struct Crowded {
    world: Arc<World>,
    others: u32,
}

#[async_trait]
impl Hasher for Crowded {
    async fn hash_password(&self, digest: &PasswordDigest) -> Result<PasswordHash, Unavailable> {
        self.world.hasher.hash_password(digest).await
    }

    async fn verify_password(&self, digest: &PasswordDigest, hash: Option<PasswordHash>) -> Result<bool, Unavailable> {
        self.world.fails("198.51.100.1", "ada", self.others).await;
        self.world.hasher.verify_password(digest, hash).await
    }

    async fn hash_backup_codes(&self, codes: &[Secret<String>]) -> Result<BackupCodes, Unavailable> {
        self.world.hasher.hash_backup_codes(codes).await
    }

    async fn find_backup_code(
        &self,
        code: &Secret<String>,
        among: &BackupCodes,
    ) -> Result<Option<[u8; 32]>, Unavailable> {
        self.world.hasher.find_backup_code(code, among).await
    }

    fn digest(&self, secret: &[u8]) -> [u8; 32] {
        self.world.hasher.digest(secret)
    }
}

#[tokio::test]
async fn a_crowd_gets_no_more_tries_than_a_queue() {
    let world = Arc::new(World::new());
    let ada = world.with_password("ada", UserStatus::Active).await;
    let hasher = Arc::new(Crowded { world: Arc::clone(&world), others: 10 });
    let crowded =
        || SignIn::new(world.commands(), world.store.clone(), hasher.clone(), world.gate(), world.lockout(), LIFETIME);
    let before = world.store.asked();
    let right = crowded().execute(&from("192.0.2.1"), &order(Some(named("ada")), "secret")).await;
    let of_right = since(before, world.store.asked());
    assert_eq!(refusal(right), FOR_USER);
    assert!(world.store.sessions_of(ada).is_empty());
    world.clock.advance(WINDOW);
    let before = world.store.asked();
    let wrong = crowded().execute(&from("192.0.2.1"), &order(Some(named("ada")), "wrong")).await;
    assert_eq!(refusal(wrong), FOR_USER);
    assert_eq!(since(before, world.store.asked()), of_right, "nor does what is done tell which password was right");
}

#[tokio::test]
async fn an_account_is_unlocked_by_hand() {
    let world = World::new();
    let ada = world.with_password("ada", UserStatus::Active).await;
    world.fails("192.0.2.1", "ada", 10).await;
    world.fails("192.0.2.1", "ada@example.com", 10).await;
    world.fails("192.0.2.1", "nobody", 10).await;
    let unlock = UnlockAccount::new(world.commands(), world.store.clone(), world.store.clone(), world.lockout());
    let token = portcullis_domain::session::TokenHash::new([1; 32]);
    let plain = operator(ada, token, portcullis_domain::user::Role::User);
    assert!(matches!(unlock.execute(&request(plain), &user_name("ada")).await, Err(UseCaseError::Denied(_))));
    assert_eq!(refusal(world.tries("192.0.2.1", "ada", "secret").await), FOR_USER);
    for name in ["Ada", "nobody"] {
        unlock.execute(&request(Caller::system("cli")), &user_name(name)).await.unwrap();
    }
    world.tries("198.51.100.1", "ada", "secret").await.unwrap();
    world.tries("198.51.100.1", "ada@example.com", "secret").await.unwrap();
    world.fails("192.0.2.1", "nobody", 1).await;
    assert_eq!(world.store.count_rows()["work_sign_in_failures"], 2, "the address goes on counting");
}

#[tokio::test]
async fn without_a_policy_nothing_is_read_and_nothing_written() {
    let world = World::new();
    world.with_password("ada", UserStatus::Active).await;
    let off = Lockout::new(world.store.clone(), world.hasher.clone(), None, Secret::new([8; 32]));
    let sign_in = SignIn::new(world.commands(), world.store.clone(), world.hasher.clone(), world.gate(), off, LIFETIME);
    let before = world.store.asked();
    for _ in 0..60 {
        let wrong = sign_in.execute(&from("192.0.2.1"), &order(Some(named("ada")), "wrong")).await;
        assert_eq!(refusal(wrong), SignInRefusal::WrongCredentials);
    }
    assert_eq!(since(before, world.store.asked()), Asked { reads: 60, commits: 0, changes: 0 });
    sign_in.execute(&from("192.0.2.1"), &order(Some(named("ada")), "secret")).await.unwrap();
}

#[tokio::test]
async fn what_is_counted_under_says_nothing_without_the_key() {
    let world = World::new();
    world.fails("192.0.2.1", "ada", 10).await;
    let other_key =
        Lockout::new(world.store.clone(), world.hasher.clone(), Some(LockoutPolicy::default()), Secret::new([9; 32]));
    let sign_in =
        SignIn::new(world.commands(), world.store.clone(), world.hasher.clone(), world.gate(), other_key, LIFETIME);
    let answer = sign_in.execute(&from("192.0.2.1"), &order(Some(named("ada")), "wrong")).await;
    assert_eq!(refusal(answer), SignInRefusal::WrongCredentials, "another key finds nothing");
    assert_eq!(world.store.count_rows()["work_sign_in_failures"], 4);
}

fn since(before: Asked, after: Asked) -> Asked {
    Asked {
        reads: after.reads - before.reads,
        commits: after.commits - before.commits,
        changes: after.changes - before.changes,
    }
}

/// What a wrong password costs does not depend on whether there is an account, nor on its state.
#[tokio::test]
async fn the_work_of_a_failure_does_not_tell_whether_the_name_exists() {
    let world = World::new();
    world.with_password("ada", UserStatus::Active).await;
    world.with_password("off", UserStatus::Inactive).await;
    world.with_password("sue", UserStatus::Suspended).await;
    // Somebody without an account.
    a_person().email("bob@example.com").put(world.store.as_ref()).await;
    let names =
        ["ada", "ada@example.com", "off", "off@example.com", "sue", "bob@example.com", "nobody", "nobody@example.com"];
    // The first failure, one more, and what comes after the last.
    for round in 1..=12 {
        let mut costs = Vec::new();
        for (number, name) in names.iter().enumerate() {
            let (asked, hashes) = (world.store.asked(), world.hasher.slow_hashes());
            let address = format!("192.0.2.{number}");
            let refused = refusal(world.tries(&address, name, "wrong").await);
            costs.push((refused, since(asked, world.store.asked()), world.hasher.slow_hashes() - hashes));
        }
        assert!(costs.iter().all(|cost| *cost == costs[0]), "{round}: {costs:#?}");
        let expected = if round <= 10 {
            (SignInRefusal::WrongCredentials, Asked { reads: 3, commits: 1, changes: 2 }, 1)
        } else {
            (FOR_USER, Asked { reads: 1, commits: 0, changes: 0 }, 0)
        };
        assert_eq!(costs[0], expected, "{round}");
    }
}
