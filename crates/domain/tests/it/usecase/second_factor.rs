//! Clearing a second factor, gate by gate.

use std::sync::Arc;

use portcullis_domain::ids::UserId;
use portcullis_domain::policy::Caller;
use portcullis_domain::port::TotpStore;
use portcullis_domain::secret::Secret;
use portcullis_domain::totp::{ChallengeKind, Method, Proof, TotpSecret};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::relay::{Delivery, RelayOutbox};
use portcullis_domain::usecase::session::UnlockAccount;
use portcullis_domain::usecase::totp::{ConfirmTotp, EnableTotp, ResetTotp, ResetTotpRefusal};
use portcullis_domain::usecase::user::{AccountName, Nobody};
use portcullis_domain::user::Role;
use portcullis_testkit::build::{a_person, a_session, user_name};
use portcullis_testkit::fake::{FakeTotpCodes, RecordingNotifier};

use super::world::{World, operator, request};

/// Somebody signed in who has TOTP; the secret and the backup codes.
pub(super) struct Enrolled {
    pub(super) user: UserId,
    pub(super) caller: Caller,
    pub(super) secret: TotpSecret,
    pub(super) backup: Vec<Secret<String>>,
}

impl World {
    pub(super) async fn account(&self, name: &str, role: Role) -> (UserId, Caller) {
        let address = format!("{name}@example.com");
        let user = a_person().email(&address).account(name, &[role]).put(self.store.as_ref()).await;
        let epoch = TotpStore::find(self.store.as_ref(), user).await.unwrap().epoch;
        let session = a_session(self.store.as_ref(), user, epoch).await;
        (user, operator(user, session, role))
    }

    pub(super) async fn enrolled(&self, name: &str, role: Role) -> Enrolled {
        let (user, caller) = self.account(name, role).await;
        let ask = request(caller.clone());
        let codes = Arc::new(FakeTotpCodes);
        let enable = EnableTotp::new(self.commands(), self.store.clone(), self.store.clone(), codes.clone());
        let secret = enable.execute(&ask).await.unwrap().secret;
        let confirm =
            ConfirmTotp::new(self.commands(), self.store.clone(), self.store.clone(), self.hasher.clone(), codes);
        let backup = confirm.execute(&ask, &self.code(&secret)).await.unwrap();
        Enrolled { user, caller: self.again(&caller).await, secret, backup }
    }

    pub(super) fn code(&self, secret: &TotpSecret) -> Secret<String> {
        use portcullis_domain::clock::Clock;
        Secret::new(FakeTotpCodes::code_at(secret, self.clock.now()))
    }

    fn resetting(&self) -> ResetTotp {
        ResetTotp::new(self.commands(), self.store.clone(), self.store.clone(), self.gate())
    }
}

fn proof(code: &Secret<String>) -> Proof {
    Proof { code: Some(code.clone()), forced: None }
}

fn named(name: &str) -> AccountName {
    AccountName { id: Some(name.to_owned()), ..AccountName::default() }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, UseCaseError<ResetTotpRefusal>>) -> ResetTotpRefusal {
    match result {
        Err(UseCaseError::Refused { refusal, .. }) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn an_administrator_clears_it_and_the_person_is_told() {
    let world = World::new();
    let admin = world.enrolled("root", Role::Admin).await;
    let ada = world.enrolled("ada", Role::User).await;
    let done =
        world.resetting().execute(&request(admin.caller), Some(&named("ada")), &proof(&admin.backup[0])).await.unwrap();
    assert!(done.value.event.is_some());
    assert!(world.store.sessions_of(ada.user).is_empty(), "a session survived");
    assert_eq!(world.store.sessions_of(admin.user).len(), 1, "the administrator's own session goes on");
    assert_eq!(TotpStore::find(world.store.as_ref(), ada.user).await.unwrap().totp, None);

    let notifier = Arc::new(RecordingNotifier::new());
    let id = request(Caller::default()).id;
    let relay = RelayOutbox::new(world.commands(), world.store.clone(), notifier.clone());
    for entry in relay.due(10).await.unwrap() {
        assert_eq!(relay.deliver(entry, &id).await.unwrap(), Delivery::Delivered);
    }
    let told = notifier.told();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].user, told[0].template.as_str()), (ada.user, "totp-reset"));
    let payload: serde_json::Value = serde_json::from_str(told[0].payload.expose()).unwrap();
    assert_eq!((&payload["to"], &payload["by"]), (&"ada@example.com".into(), &"administrator".into()));
}

#[tokio::test]
async fn gates_in_their_order() {
    let world = World::new();
    let admin = world.enrolled("root", Role::Admin).await;
    let plain = world.enrolled("plain", Role::User).await;
    let resetting = world.resetting();

    let asked =
        refusal(resetting.execute(&request(plain.caller.clone()), Some(&named("nobody")), &Proof::default()).await);
    let ResetTotpRefusal::SecondFactor(asked) = asked else { panic!("the second factor comes first") };
    assert_eq!((asked.kind, asked.method), (ChallengeKind::Required, Method::Totp));
    for target in ["root", "nobody", " "] {
        let code = proof(&plain.backup[["root", "nobody", " "].iter().position(|t| *t == target).unwrap()]);
        let refused = refusal(resetting.execute(&request(plain.caller.clone()), Some(&named(target)), &code).await);
        assert_eq!(refused, ResetTotpRefusal::NotAllowed, "existence is not told to somebody without the permission");
    }
    let blank = resetting.execute(&request(admin.caller.clone()), Some(&named(" ")), &proof(&admin.backup[0])).await;
    assert_eq!(refusal(blank), ResetTotpRefusal::Nobody(Nobody::Missing));
    let unknown =
        resetting.execute(&request(admin.caller.clone()), Some(&named("nobody")), &proof(&admin.backup[1])).await;
    assert_eq!(refusal(unknown), ResetTotpRefusal::Nobody(Nobody::Unknown));
    assert!(world.told(plain.user).iter().all(|name| name != "TotpReset"));
}

#[tokio::test]
async fn a_code_is_good_once() {
    let world = World::new();
    let admin = world.enrolled("root", Role::Admin).await;
    world.enrolled("ada", Role::User).await;
    let resetting = world.resetting();
    let ask = request(admin.caller.clone());
    // The step that confirmed the enrolment is spent already.
    let invalid = |refused| match refused {
        ResetTotpRefusal::SecondFactor(told) => assert_eq!(told.kind, ChallengeKind::Invalid),
        other => panic!("{other:?}"),
    };
    invalid(refusal(resetting.execute(&ask, Some(&named("ada")), &proof(&world.code(&admin.secret))).await));
    world.clock.advance(std::time::Duration::from_secs(30));
    let code = world.code(&admin.secret);
    resetting.execute(&ask, Some(&named("ada")), &proof(&code)).await.unwrap();
    invalid(refusal(resetting.execute(&ask, Some(&named("ada")), &proof(&code)).await));
    resetting.execute(&ask, Some(&named("ada")), &proof(&admin.backup[3])).await.unwrap();
    invalid(refusal(resetting.execute(&ask, Some(&named("ada")), &proof(&admin.backup[3])).await));
}

#[tokio::test]
async fn ten_wrong_codes_close_the_gate_until_the_window_ends() {
    let world = World::new();
    let admin = world.enrolled("root", Role::Admin).await;
    let resetting = world.resetting();
    let ask = request(admin.caller.clone());
    let kind = |refused| match refused {
        ResetTotpRefusal::SecondFactor(told) => told.kind,
        other => panic!("{other:?}"),
    };
    let wrong = proof(&Secret::new("000000".to_owned()));
    for _ in 0..10 {
        assert_eq!(kind(refusal(resetting.execute(&ask, Some(&named("x")), &wrong).await)), ChallengeKind::Invalid);
    }
    let right = proof(&admin.backup[0]);
    assert_eq!(kind(refusal(resetting.execute(&ask, Some(&named("x")), &right).await)), ChallengeKind::TooManyFailures);
    world.clock.advance(std::time::Duration::from_secs(301));
    assert_eq!(
        refusal(resetting.execute(&ask, Some(&named("x")), &right).await),
        ResetTotpRefusal::Nobody(Nobody::Unknown)
    );
}

#[tokio::test]
async fn wrong_codes_are_forgotten_when_an_account_is_unlocked_by_hand() {
    let world = World::new();
    let admin = world.enrolled("root", Role::Admin).await;
    let ada = world.enrolled("ada", Role::User).await;
    let resetting = world.resetting();
    let wrong = proof(&Secret::new("000000".to_owned()));
    for caller in [&admin.caller, &ada.caller] {
        for _ in 0..10 {
            refusal(resetting.execute(&request(caller.clone()), None, &wrong).await);
        }
    }
    let unlock = UnlockAccount::new(world.commands(), world.store.clone(), world.store.clone(), world.lockout());
    unlock.execute(&request(Caller::system("cli")), &user_name("root")).await.unwrap();
    let own = resetting.execute(&request(admin.caller.clone()), None, &proof(&admin.backup[0])).await;
    assert!(own.unwrap().value.event.is_some());
    match refusal(resetting.execute(&request(ada.caller.clone()), None, &proof(&ada.backup[0])).await) {
        ResetTotpRefusal::SecondFactor(told) => assert_eq!(told.kind, ChallengeKind::TooManyFailures, "others' stay"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn ones_own_needs_no_permission_and_ends_ones_own_session() {
    let world = World::new();
    let ada = world.enrolled("ada", Role::User).await;
    let own = world.resetting().execute(&request(ada.caller.clone()), None, &proof(&ada.backup[0])).await;
    assert!(own.unwrap().value.event.is_some());
    assert!(world.store.sessions_of(ada.user).is_empty());
}

#[tokio::test]
async fn nothing_to_clear_is_no_event_and_ends_no_session() {
    let world = World::new();
    let (bob, caller) = world.account("bob", Role::User).await;
    // Somebody without a factor proves the password instead.
    let factor = TotpStore::find(world.store.as_ref(), bob).await.unwrap();
    assert!(factor.totp.is_none());
    let resetting = world.resetting();
    let asked = refusal(resetting.execute(&request(caller), None, &Proof::default()).await);
    let ResetTotpRefusal::SecondFactor(asked) = asked else { panic!("{asked:?}") };
    assert_eq!((asked.method, asked.available.len()), (Method::Password, 0));
    assert_eq!(world.store.sessions_of(bob).len(), 1);
    let by_name = portcullis_testkit::build::user_name("bob");
    let done = resetting.by_name(&request(Caller::system("cli")), &by_name, None).await.unwrap();
    assert_eq!(done.value.done.event, None);
    assert_eq!(world.store.sessions_of(bob).len(), 1);
}
