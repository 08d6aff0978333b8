//! The gate in front of what needs a second factor: what is remembered, who passes, and codes by e-mail.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_domain::commit::{ClientTrace, Commit, PrivateChange, Recalled};
use portcullis_domain::event::{Position, Recorded, StreamId};
use portcullis_domain::ids::UserId;
use portcullis_domain::policy::{Caller, OperatorCaller};
use portcullis_domain::port::{
    CommitError, EventStore, Hasher, LoginName, Sessions, TotpStore, Unavailable, VersionRange,
};
use portcullis_domain::secret::Secret;
use portcullis_domain::session::TokenHash;
use portcullis_domain::totp::{BackupCodes, Challenge, ChallengeKind, Method, Proof, TwoFactorPolicy};
use portcullis_domain::usecase::totp::{
    DisableEmailFactor, EnableEmailFactor, GateRefusal, Remembering, ResetTotp, SecondFactorGate, SendEmailCode,
};
use portcullis_domain::usecase::{Request, UseCaseError};
use portcullis_domain::user::{PasswordDigest, PasswordHash, Profile, Role, UserStatus};
use portcullis_testkit::build::{NOON, a_commit, a_person, a_session, email, user_name};
use portcullis_testkit::fake::{FakeHasher, FakeTotpCodes};
use portcullis_testkit::memory::MemoryStore;

use super::world::{World, operator, request};

fn told(passed: Result<(), UseCaseError<GateRefusal>>) -> Challenge {
    match passed {
        Err(UseCaseError::Refused { refusal: GateRefusal(told), .. }) => told,
        other => panic!("not refused: {other:?}"),
    }
}

fn sent(code: &str) -> Proof {
    Proof { code: Some(Secret::new(code.to_owned())), forced: None }
}

fn by_email(code: Option<&str>) -> Proof {
    Proof { code: code.map(|code| Secret::new(code.to_owned())), forced: Some(Method::Email) }
}

/// A request of a session as it stands now, from a client.
async fn from(world: &World, token: TokenHash, address: &str, user_agent: &str) -> Request {
    let found = Sessions::find(world.store.as_ref(), &token).await.unwrap().unwrap();
    let Caller { operator: Some(caller), .. } = operator(found.user, token, Role::User) else { panic!() };
    let caller = OperatorCaller { remembered: found.remembered, epoch: found.epoch, ..caller };
    let client = ClientTrace { address: Some(address.to_owned()), user_agent: Some(user_agent.to_owned()) };
    Request { client: Some(client), ..request(Caller { operator: Some(caller), ..Caller::default() }) }
}

/// Somebody with codes by e-mail, signed in, whose account is an hour old.
async fn with_email(world: &World, name: &str) -> (UserId, TokenHash) {
    let (user, caller) = world.account(name, Role::User).await;
    world.clock.advance(Duration::from_hours(1));
    let enabling = EnableEmailFactor::new(world.commands(), world.store.clone(), world.store.clone());
    enabling.execute(&request(caller.clone())).await.unwrap();
    (user, caller.operator.unwrap().session)
}

#[tokio::test]
async fn a_proof_is_remembered_for_the_session_and_the_client() {
    let world = World::new();
    let ada = world.enrolled("ada", Role::User).await;
    let token = ada.caller.operator.as_ref().unwrap().session;
    let epoch = TotpStore::find(world.store.as_ref(), ada.user).await.unwrap().epoch;
    let other = a_session(world.store.as_ref(), ada.user, epoch).await;
    let gate = world.gate();
    let pass = async |token, address: &str, agent: &str, proof: &Proof, remembering| {
        gate.pass(&from(&world, token, address, agent).await, ada.user, proof, remembering).await
    };
    let (none, code) = (Proof::default(), |n: usize| sent(ada.backup[n].expose()));
    let required = |passed| assert_eq!(told(passed).kind, ChallengeKind::Required);
    // One proved where each call needs its own is remembered for nothing.
    pass(token, "192.0.2.1", "curl", &code(0), Remembering::Forbidden).await.unwrap();
    required(pass(token, "192.0.2.1", "curl", &none, Remembering::Allowed).await);

    pass(token, "192.0.2.1", "curl", &code(1), Remembering::Allowed).await.unwrap();
    pass(token, "192.0.2.1", "curl", &none, Remembering::Allowed).await.unwrap();
    required(pass(token, "192.0.2.1", "curl", &none, Remembering::Forbidden).await);
    required(pass(token, "192.0.2.2", "curl", &none, Remembering::Allowed).await);
    required(pass(token, "192.0.2.1", "wget", &none, Remembering::Allowed).await);
    required(pass(token, "192.0.2.1c", "url", &none, Remembering::Allowed).await);
    required(pass(other, "192.0.2.1", "curl", &none, Remembering::Allowed).await);
    // Without a client to know again nothing is remembered.
    let nowhere = Request { client: None, ..from(&world, token, "", "").await };
    required(gate.pass(&nowhere, ada.user, &none, Remembering::Allowed).await);

    world.clock.advance(Duration::from_mins(30) - Duration::from_millis(1));
    pass(token, "192.0.2.1", "curl", &none, Remembering::Allowed).await.unwrap();
    world.clock.advance(Duration::from_millis(1));
    required(pass(token, "192.0.2.1", "curl", &none, Remembering::Allowed).await);
    // A clock set back does not bring back what is further off than it could be.
    world.clock.step_back(Duration::from_hours(1));
    required(pass(token, "192.0.2.1", "curl", &none, Remembering::Allowed).await);
}

#[tokio::test]
async fn what_is_remembered_ends_with_the_session() {
    let world = World::new();
    let ada = world.enrolled("ada", Role::User).await;
    let token = ada.caller.operator.as_ref().unwrap().session;
    let ask = from(&world, token, "192.0.2.1", "curl").await;
    world.gate().pass(&ask, ada.user, &sent(ada.backup[0].expose()), Remembering::Allowed).await.unwrap();
    let resetting = ResetTotp::new(world.commands(), world.store.clone(), world.store.clone(), world.gate());
    let ask = from(&world, token, "192.0.2.1", "curl").await;
    resetting.execute(&ask, None, &sent(ada.backup[1].expose())).await.unwrap();
    assert_eq!(Sessions::find(world.store.as_ref(), &token).await.unwrap(), None);
}

#[tokio::test]
async fn nothing_is_remembered_where_the_setting_is_zero() {
    let world = World::new();
    let ada = world.enrolled("ada", Role::User).await;
    let token = ada.caller.operator.as_ref().unwrap().session;
    let gate = world.gate_with(TwoFactorPolicy { remember_for: Duration::ZERO, ..TwoFactorPolicy::default() });
    let ask = from(&world, token, "192.0.2.1", "curl").await;
    gate.pass(&ask, ada.user, &sent(ada.backup[0].expose()), Remembering::Allowed).await.unwrap();
    let ask = from(&world, token, "192.0.2.1", "curl").await;
    assert_eq!(ask.caller.operator.as_ref().unwrap().remembered, None);
    told(gate.pass(&ask, ada.user, &Proof::default(), Remembering::Allowed).await);
}

#[tokio::test]
async fn a_token_made_to_pass_passes_before_anything_is_looked_at() {
    let world = World::new();
    let ada = world.enrolled("ada", Role::User).await;
    let bypassing = OperatorCaller { bypass_two_factor: true, ..ada.caller.operator.clone().unwrap() };
    let ask = request(Caller { operator: Some(bypassing), ..Caller::default() });
    world.store.fail_reads(true);
    for remembering in [Remembering::Allowed, Remembering::Forbidden] {
        world.gate().pass(&ask, ada.user, &sent("000000"), remembering).await.unwrap();
    }
    world.store.fail_reads(false);
    // Somebody else's factor it does not stand for.
    let bob = world.enrolled("bob", Role::User).await;
    told(world.gate().pass(&ask, bob.user, &Proof::default(), Remembering::Allowed).await);
}

#[tokio::test]
async fn a_new_account_is_not_asked_but_where_each_call_proves_its_own() {
    let world = World::new();
    let (ada, caller) = world.account("ada", Role::User).await;
    let ask = request(caller);
    let gate = world.gate();
    let pass = async |remembering| gate.pass(&ask, ada, &Proof::default(), remembering).await;
    pass(Remembering::Allowed).await.unwrap();
    assert_eq!(told(pass(Remembering::Forbidden).await).method, Method::Password);
    world.clock.advance(Duration::from_mins(30));
    assert_eq!(told(pass(Remembering::Allowed).await).method, Method::Password);
    let bob = world.enrolled("bob", Role::User).await;
    assert_eq!(
        told(gate.pass(&request(bob.caller), bob.user, &Proof::default(), Remembering::Allowed).await).method,
        Method::Totp
    );
}

#[tokio::test]
async fn one_question_mails_a_code_and_the_next_ones_ask_for_it() {
    let world = World::new();
    let (ada, token) = with_email(&world, "ada").await;
    let gate = world.gate();
    let ask = from(&world, token, "192.0.2.1", "curl").await;
    let pass = async |proof: &Proof| gate.pass(&ask, ada, proof, Remembering::Forbidden).await;
    let first = told(pass(&Proof::default()).await);
    let mailed = first.mailed.clone().unwrap();
    assert_eq!((first.kind, first.method, mailed.generated), (ChallengeKind::Required, Method::Email, true));
    assert_eq!(mailed.expires_at, Some(world.clock_now().plus(Duration::from_hours(1))));
    let again = told(pass(&Proof::default()).await);
    assert!(!again.mailed.unwrap().generated);
    let [code] = &world.mailed_codes(ada)[..] else { panic!("one code") };
    let shown = format!("{}-{}", &code[..3], &code[3..]);
    pass(&sent(&shown)).await.unwrap();
    // Spent: the same code is a wrong one, and since there is none, another is mailed.
    let spent = told(pass(&sent(code)).await);
    assert_eq!((spent.kind, spent.mailed.unwrap().generated), (ChallengeKind::Invalid, true));
    assert_eq!(world.mailed_codes(ada).len(), 2);
}

#[tokio::test]
async fn a_code_is_good_until_the_end_even_while_another_is_due() {
    let world = World::new();
    let (ada, token) = with_email(&world, "ada").await;
    let gate = world.gate();
    let ask = from(&world, token, "192.0.2.1", "curl").await;
    told(gate.pass(&ask, ada, &Proof::default(), Remembering::Forbidden).await);
    world.clock.advance(Duration::from_mins(57));
    gate.pass(&ask, ada, &sent(&world.mailed_codes(ada)[0]), Remembering::Forbidden).await.unwrap();
    assert_eq!(world.mailed_codes(ada).len(), 1, "whoever has the right one needs no other");
    told(gate.pass(&ask, ada, &Proof::default(), Remembering::Forbidden).await);
    world.clock.advance(Duration::from_hours(1));
    let late = told(gate.pass(&ask, ada, &sent(&world.mailed_codes(ada)[1]), Remembering::Forbidden).await);
    assert_eq!((late.kind, late.mailed.unwrap().generated), (ChallengeKind::Invalid, true));
}

#[tokio::test]
async fn five_wrong_guesses_spend_a_code() {
    let world = World::new();
    let (ada, token) = with_email(&world, "ada").await;
    let gate = world.gate();
    let ask = from(&world, token, "192.0.2.1", "curl").await;
    told(gate.pass(&ask, ada, &Proof::default(), Remembering::Forbidden).await);
    let right = world.mailed_codes(ada)[0].clone();
    for guess in 1..=5 {
        let told = told(gate.pass(&ask, ada, &sent("wrong"), Remembering::Forbidden).await);
        let kind = if guess == 5 { ChallengeKind::TooManyFailures } else { ChallengeKind::Invalid };
        assert_eq!((told.kind, told.mailed.unwrap().generated), (kind, false));
    }
    let exhausted = told(gate.pass(&ask, ada, &sent(&right), Remembering::Forbidden).await);
    assert_eq!((exhausted.kind, exhausted.mailed.unwrap().generated), (ChallengeKind::Invalid, true));
    gate.pass(&ask, ada, &sent(&world.mailed_codes(ada)[1]), Remembering::Forbidden).await.unwrap();
}

#[tokio::test]
async fn a_forced_method_the_person_does_not_have_fails_and_mails_nothing() {
    let world = World::new();
    let ada = world.enrolled("ada", Role::User).await;
    let gate = world.gate();
    for code in [None, Some("123456")] {
        let passed = gate.pass(&request(ada.caller.clone()), ada.user, &by_email(code), Remembering::Allowed).await;
        let told = told(passed);
        let kind = if code.is_some() { ChallengeKind::Invalid } else { ChallengeKind::Required };
        assert_eq!((told.kind, told.method, told.mailed), (kind, Method::Email, None));
    }
    assert!(world.mailed_codes(ada.user).is_empty());
}

#[tokio::test]
async fn a_changed_or_lost_address_has_no_codes() {
    let world = World::new();
    let (ada, token) = with_email(&world, "ada").await;
    let gate = world.gate();
    let ask = from(&world, token, "192.0.2.1", "curl").await;
    told(gate.pass(&ask, ada, &Proof::default(), Remembering::Forbidden).await);
    let old = world.mailed_codes(ada)[0].clone();
    let profile = |address: &str, email_verified| {
        let profile = Profile { email: Some(email(address)), email_verified, ..Profile::empty(ada) };
        a_commit().private(PrivateChange::Profile(profile))
    };
    profile("ada@elsewhere.example", true).put(world.store.as_ref() as &dyn EventStore).await;
    let told_after = told(gate.pass(&ask, ada, &sent(&old), Remembering::Forbidden).await);
    assert_eq!((told_after.kind, told_after.mailed.unwrap().generated), (ChallengeKind::Invalid, true));
    profile("ada@elsewhere.example", false).put(world.store.as_ref() as &dyn EventStore).await;
    let without = told(gate.pass(&ask, ada, &Proof::default(), Remembering::Forbidden).await);
    assert_eq!((without.method, without.available), (Method::Password, Vec::new()));
}

#[tokio::test]
async fn switching_it_off_takes_a_code_of_its_own() {
    let world = World::new();
    let (ada, token) = with_email(&world, "ada").await;
    let disabling = DisableEmailFactor::new(world.commands(), world.store.clone(), world.store.clone(), world.gate());
    let ask = from(&world, token, "192.0.2.1", "curl").await;
    told(disabling.execute(&ask, &Proof::default()).await);
    world.gate().pass(&ask, ada, &sent(&world.mailed_codes(ada)[0]), Remembering::Allowed).await.unwrap();
    let remembered = from(&world, token, "192.0.2.1", "curl").await;
    assert!(remembered.caller.operator.as_ref().unwrap().remembered.is_some());
    assert!(told(disabling.execute(&remembered, &Proof::default()).await).mailed.unwrap().generated);
    disabling.execute(&remembered, &sent(&world.mailed_codes(ada)[1])).await.unwrap();
    assert!(!TotpStore::find(world.store.as_ref(), ada).await.unwrap().email.enabled);
    assert_eq!(world.told(ada)[2..], ["EmailFactorEnabled", "EmailFactorDisabled"]);
}

/// Counts slow hashes, and commits.
struct Counted {
    hasher: FakeHasher,
    store: Arc<MemoryStore>,
    hashes: AtomicUsize,
    commits: AtomicUsize,
}

#[async_trait]
impl Hasher for Counted {
    async fn hash_password(&self, digest: &PasswordDigest) -> Result<PasswordHash, Unavailable> {
        self.hashes.fetch_add(1, Ordering::SeqCst);
        self.hasher.hash_password(digest).await
    }

    async fn verify_password(&self, digest: &PasswordDigest, hash: Option<PasswordHash>) -> Result<bool, Unavailable> {
        self.hashes.fetch_add(1, Ordering::SeqCst);
        self.hasher.verify_password(digest, hash).await
    }

    async fn hash_backup_codes(&self, codes: &[Secret<String>]) -> Result<BackupCodes, Unavailable> {
        self.hashes.fetch_add(codes.len(), Ordering::SeqCst);
        self.hasher.hash_backup_codes(codes).await
    }

    async fn find_backup_code(
        &self,
        code: &Secret<String>,
        among: &BackupCodes,
    ) -> Result<Option<[u8; 32]>, Unavailable> {
        self.hashes.fetch_add(1, Ordering::SeqCst);
        self.hasher.find_backup_code(code, among).await
    }

    fn digest(&self, secret: &[u8]) -> [u8; 32] {
        self.hasher.digest(secret)
    }
}

#[async_trait]
impl EventStore for Counted {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.commits.fetch_add(1, Ordering::SeqCst);
        self.store.commit(commit).await
    }

    async fn recall(&self, scope: &[u8; 32]) -> Result<Option<Recalled>, Unavailable> {
        self.store.recall(scope).await
    }

    async fn load(&self, stream: &StreamId, range: VersionRange, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        self.store.load(stream, range, limit).await
    }

    async fn read_from(&self, after: Position, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        self.store.read_from(after, limit).await
    }
}

#[tokio::test]
async fn who_asks_for_a_code_by_name_learns_nothing_of_who_there_is() {
    let world = World::new();
    let (ada, _) = with_email(&world, "ada").await;
    world.account("bob", Role::User).await;
    a_person().email("eve@example.com").put(world.store.as_ref()).await;
    let off = a_person().email("off@example.com").status(UserStatus::Inactive).account("off", &[]);
    let off = off.put(world.store.as_ref()).await;
    let on = PrivateChange::EmailFactor { user: off, enabled: true };
    a_commit().private(on).put(world.store.as_ref() as &dyn EventStore).await;
    let counted = Arc::new(Counted {
        hasher: FakeHasher::new(),
        store: world.store.clone(),
        hashes: AtomicUsize::new(0),
        commits: AtomicUsize::new(0),
    });
    let commands = world.commands_on(counted.clone());
    let (codes, policy) = (Arc::new(FakeTotpCodes), TwoFactorPolicy::default());
    let gate = SecondFactorGate::new(commands.clone(), world.store.clone(), counted.clone(), codes, policy);
    let sending = SendEmailCode::new(commands, world.store.clone(), gate);
    let (name, address) = (|name| LoginName::UserName(user_name(name)), |text| LoginName::Email(email(text)));
    let mails = world.store.outbox_rows().len();
    for (login, mailed) in [
        (Some(name("ADA")), 1),
        (Some(address("ada@example.com")), 1),
        (Some(name("bob")), 1),
        (Some(name("nobody")), 1),
        (Some(address("nobody@example.com")), 1),
        (Some(address("eve@example.com")), 1),
        (Some(name("off")), 1),
        (None, 1),
    ] {
        let before = (counted.hashes.load(Ordering::SeqCst), counted.commits.load(Ordering::SeqCst));
        sending.execute(&request(Caller::default()), login.as_ref()).await.unwrap();
        let after = (counted.hashes.load(Ordering::SeqCst), counted.commits.load(Ordering::SeqCst));
        assert_eq!((after.0 - before.0, after.1 - before.1), (1, 1), "{login:?}");
        assert_eq!(world.store.outbox_rows().len() - mails, mailed, "{login:?}");
    }
    // Once more after a minute, and not again while that one is good.
    for (minutes, mailed) in [(1, 2), (1, 2), (50, 2), (4, 3)] {
        world.clock.advance(Duration::from_mins(minutes));
        sending.execute(&request(Caller::default()), Some(&name("ada"))).await.unwrap();
        assert_eq!(world.mailed_codes(ada).len(), mailed, "{minutes}");
    }
    assert!(world.clock_now() > NOON);
}
