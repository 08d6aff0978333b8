//! What somebody signed in asks for is written only while the session stands, whatever it waited for in between.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_domain::commit::{Commit, Recalled};
use portcullis_domain::event::{Position, Recorded, StreamId};
use portcullis_domain::ids::UserId;
use portcullis_domain::permission::UpdatePermissions;
use portcullis_domain::policy::{Caller, Denied, Permission};
use portcullis_domain::port::{CommitError, EventStore, TotpStore, Unavailable, UserRepository, VersionRange};
use portcullis_domain::secret::Secret;
use portcullis_domain::session::TokenName;
use portcullis_domain::text::Language;
use portcullis_domain::totp::{Proof, SecondFactor, TotpSecret, TwoFactorPolicy};
use portcullis_domain::usecase::permission::ChangePermissions;
use portcullis_domain::usecase::session::{
    CreatePersonalAccessToken, EndOtherSessions, LogOutUser, RegeneratePersonalAccessToken, RemovePersonalAccessToken,
    SignIn, SignInOrder, SignOut, TokenOrder,
};
use portcullis_domain::usecase::totp::{
    ConfirmTotp, DisableEmailFactor, DisableTotp, EnableEmailFactor, EnableTotp, RegenerateBackupCodes, ResetTotp,
    SecondFactorGate,
};
use portcullis_domain::usecase::user::{
    AccountEdit, AccountName, AccountOrder, ChangeAccount, CreateAccount, DeletePerson, SetAccountActive, SetLanguage,
};
use portcullis_domain::usecase::{Commands, Request, UseCaseError};
use portcullis_domain::user::{Person, Role, UserStatus};
use portcullis_testkit::build::{NOON, a_session, a_token, email, org, user_name};
use portcullis_testkit::fake::{FakeHasher, FakeTotpCodes};
use portcullis_testkit::memory::MemoryStore;

use super::second_factor::Enrolled;
use super::world::{World, operator, request};

type Happening = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A store where something happens once, before the first commit that is handed in here.
struct Meanwhile {
    inner: Arc<MemoryStore>,
    happening: tokio::sync::Mutex<Option<Happening>>,
}

impl Meanwhile {
    fn with(world: &World, happening: Happening) -> Arc<Self> {
        Arc::new(Self { inner: world.store.clone(), happening: tokio::sync::Mutex::new(Some(happening)) })
    }

    async fn happens(&self) {
        if let Some(happening) = self.happening.lock().await.take() {
            happening.await;
        }
    }
}

#[async_trait]
impl EventStore for Meanwhile {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.happens().await;
        self.inner.commit(commit).await
    }

    async fn recall(&self, scope: &[u8; 32]) -> Result<Option<Recalled>, Unavailable> {
        self.inner.recall(scope).await
    }

    async fn load(&self, stream: &StreamId, range: VersionRange, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        self.inner.load(stream, range, limit).await
    }

    async fn read_from(&self, after: Position, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        self.inner.read_from(after, limit).await
    }
}

/// What can become of the operator.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    Reset,
    Deactivated,
    Deleted,
    RoleLost,
    PasswordSet,
    SignedOut,
    EndedElsewhere,
}

const ENDINGS: [Ending; 7] = [
    Ending::Reset,
    Ending::Deactivated,
    Ending::Deleted,
    Ending::RoleLost,
    Ending::PasswordSet,
    Ending::SignedOut,
    Ending::EndedElsewhere,
];

impl Ending {
    fn of(self, world: &World, user: UserId, caller: &Caller) -> Happening {
        let (store, commands) = (world.store.clone(), world.commands());
        let (hasher, gate, tokens) = (world.hasher.clone(), world.gate(), world.token_ports());
        let ask = request(Caller::system("test"));
        let own = request(caller.clone());
        Box::pin(async move {
            match self {
                Self::Reset => {
                    let resetting = ResetTotp::new(commands, store.clone(), store, gate);
                    let done = resetting.by_name(&ask, &user_name("root"), None).await.unwrap();
                    assert!(done.value.done.event.is_some());
                }
                Self::Deactivated => {
                    let switching = SetAccountActive::new(commands, store.clone(), store);
                    switching.execute(&ask, user, false).await.unwrap();
                }
                Self::Deleted => {
                    let deleting =
                        DeletePerson::new(commands, store.clone(), store.clone(), store.clone(), store.clone(), store);
                    deleting.execute(&ask, user).await.unwrap();
                }
                Self::RoleLost => {
                    let changing = ChangeAccount::new(commands, store.clone(), store, hasher, false);
                    let edit = AccountEdit { roles: Some([Role::User].into()), ..AccountEdit::default() };
                    changing.execute(&ask, user, edit).await.unwrap();
                }
                Self::PasswordSet => {
                    let changing = ChangeAccount::new(commands, store.clone(), store, hasher, false);
                    let password = Some(FakeHasher::password_digest("another"));
                    changing.execute(&ask, user, AccountEdit { password, ..AccountEdit::default() }).await.unwrap();
                }
                Self::SignedOut => SignOut::new(tokens).execute(&own).await.unwrap(),
                Self::EndedElsewhere => {
                    let epoch = TotpStore::find(store.as_ref(), user).await.unwrap().epoch;
                    let other = operator(user, a_session(store.as_ref(), user, epoch).await, Role::Admin);
                    EndOtherSessions::new(commands, store).execute(&request(other)).await.unwrap();
                }
            }
        })
    }
}

/// What the operator asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Act {
    ResetOther,
    Create,
    Update,
    Delete,
    SetActive,
    Permissions,
    Language,
    LogOutOther,
    Enable,
    Confirm,
    Regenerate,
    Disable,
    EmailOn,
    EmailOff,
    CreateToken,
    RegenerateToken,
    RemoveToken,
}

const ACTS: [Act; 17] = [
    Act::ResetOther,
    Act::Create,
    Act::Update,
    Act::Delete,
    Act::SetActive,
    Act::Permissions,
    Act::Language,
    Act::LogOutOther,
    Act::Enable,
    Act::Confirm,
    Act::Regenerate,
    Act::Disable,
    Act::EmailOn,
    Act::EmailOff,
    Act::CreateToken,
    Act::RegenerateToken,
    Act::RemoveToken,
];

impl Act {
    const fn is_about_another(self) -> bool {
        matches!(
            self,
            Self::ResetOther
                | Self::Create
                | Self::Update
                | Self::Delete
                | Self::SetActive
                | Self::Permissions
                | Self::Language
                | Self::LogOutOther
        )
    }
}

/// When the session ends: before anything is looked at, before the proof of the second factor is written, or after.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    AtOnce,
    BeforeTheProof,
    AfterTheProof,
}

fn sent(code: &Secret<String>) -> Proof {
    Proof { code: Some(code.clone()), forced: None }
}

fn named(name: &str) -> AccountName {
    AccountName { id: Some(name.to_owned()), ..AccountName::default() }
}

fn told<T, R: std::error::Error>(result: Result<T, UseCaseError<R>>) -> Result<(), Told> {
    match result {
        Ok(_) => Ok(()),
        Err(UseCaseError::Denied(Denied)) => Err(Told::Denied),
        Err(other) => Err(Told::Otherwise(format!("{other:?}"))),
    }
}

#[derive(Debug, PartialEq)]
enum Told {
    Denied,
    Otherwise(String),
}

/// The operator and whom it is about.
struct Scene {
    world: World,
    root: UserId,
    caller: Caller,
    code: Secret<String>,
    pending: TotpSecret,
    ada: UserId,
}

impl Scene {
    async fn of(act: Act) -> Self {
        let world = World::new();
        world.account("second", Role::Admin).await;
        let ada = world.enrolled("ada", Role::User).await;
        let codes = Arc::new(FakeTotpCodes);
        let (root, mut caller, code, pending) = if matches!(act, Act::Enable | Act::Confirm) {
            let (root, caller) = world.account("root", Role::Admin).await;
            let enabling = EnableTotp::new(world.commands(), world.store.clone(), world.store.clone(), codes);
            let pending = enabling.execute(&request(caller.clone())).await.unwrap().secret;
            (root, caller, world.code(&pending), pending)
        } else {
            let Enrolled { user, caller, secret, mut backup } = world.enrolled("root", Role::Admin).await;
            (user, caller, backup.remove(0), secret)
        };
        if act == Act::EmailOff {
            let enabling = EnableEmailFactor::new(world.commands(), world.store.clone(), world.store.clone());
            enabling.execute(&request(caller.clone())).await.unwrap();
            caller = world.again(&caller).await;
        }
        a_token(world.store.as_ref(), root, world.epoch(root).await, "mine", NOON).await;
        Self { world, root, caller, code, pending, ada: ada.user }
    }

    /// Everything the act could change.
    async fn seen(store: &MemoryStore, root: UserId, ada: UserId) -> Seen {
        Seen {
            events: store.envelopes().len(),
            rows: store.count_rows(),
            views: store.dump_views(),
            factors: [TotpStore::find(store, root).await.unwrap(), TotpStore::find(store, ada).await.unwrap()],
            ada: UserRepository::find(store, ada).await.unwrap(),
        }
    }

    async fn acts(&self, act: Act, commands: Commands, gate: SecondFactorGate) -> Result<(), Told> {
        let (world, ask, ada) = (&self.world, request(self.caller.clone()), self.ada);
        let store = || world.store.clone();
        let (codes, proof, name) = (Arc::new(FakeTotpCodes), sent(&self.code), TokenName::parse("mine").unwrap());
        let tokens = || {
            let mut ports = world.token_ports();
            ports.commands = commands.clone();
            ports
        };
        match act {
            Act::ResetOther => {
                let resetting = ResetTotp::new(commands, store(), store(), gate);
                told(resetting.execute(&ask, Some(&named("ada")), &proof).await)
            }
            Act::Create => {
                let order = AccountOrder {
                    username: user_name("new"),
                    name: "New".to_owned(),
                    password: FakeHasher::password_digest("new"),
                    roles: [Role::Admin].into(),
                    email: Some(email("new@example.com")),
                    email_verified: false,
                };
                let creating = CreateAccount::new(commands, world.hasher.clone(), org("acme"), false);
                told(creating.execute(&ask, order, UserStatus::Active).await)
            }
            Act::Update => {
                let changing = ChangeAccount::new(commands, store(), store(), world.hasher.clone(), false);
                let password = Some(FakeHasher::password_digest("stolen"));
                told(changing.execute(&ask, ada, AccountEdit { password, ..AccountEdit::default() }).await)
            }
            Act::Delete => {
                told(DeletePerson::new(commands, store(), store(), store(), store(), store()).execute(&ask, ada).await)
            }
            Act::SetActive => told(SetAccountActive::new(commands, store(), store()).execute(&ask, ada, false).await),
            Act::Permissions => {
                let permissions = [(Permission::DeleteUser, [Role::Admin, Role::User].into())].into();
                let changing = ChangePermissions::new(commands, store(), org("acme"));
                told(changing.execute(&ask, UpdatePermissions { permissions }).await)
            }
            Act::Language => {
                let language = Some(Some(Language::parse("de").unwrap()));
                told(SetLanguage::new(commands, store()).execute(&ask, ada, language).await)
            }
            Act::LogOutOther => {
                told(LogOutUser::new(commands, store(), store()).execute(&ask, Some(&ada.to_string())).await)
            }
            Act::Enable => told(EnableTotp::new(commands, store(), store(), codes).execute(&ask).await),
            Act::Confirm => {
                let confirming = ConfirmTotp::new(commands, store(), store(), world.hasher.clone(), codes);
                told(confirming.execute(&ask, &world.code(&self.pending)).await)
            }
            Act::Regenerate => {
                let regenerating = RegenerateBackupCodes::new(commands, store(), store(), world.hasher.clone(), gate);
                told(regenerating.execute(&ask, &self.code).await)
            }
            Act::Disable => told(DisableTotp::new(commands, store(), store(), gate).execute(&ask, &self.code).await),
            Act::EmailOn => told(EnableEmailFactor::new(commands, store(), store()).execute(&ask).await),
            Act::EmailOff => {
                told(DisableEmailFactor::new(commands, store(), store(), gate).execute(&ask, &proof).await)
            }
            Act::CreateToken => {
                let order = TokenOrder { name: TokenName::parse("new").unwrap(), bypass_two_factor: true };
                told(CreatePersonalAccessToken::new(tokens(), gate).execute(&ask, &order, &proof).await)
            }
            Act::RegenerateToken => {
                told(RegeneratePersonalAccessToken::new(tokens(), gate).execute(&ask, &name, &proof).await)
            }
            Act::RemoveToken => told(RemovePersonalAccessToken::new(tokens(), gate).execute(&ask, &name, &proof).await),
        }
    }
}

#[derive(Debug, PartialEq)]
struct Seen {
    events: usize,
    rows: BTreeMap<String, u64>,
    views: String,
    factors: [SecondFactor; 2],
    ada: Option<Person>,
}

async fn overtaken(act: Act, ending: Ending, when: When) {
    let scene = Scene::of(act).await;
    let (world, root, ada) = (&scene.world, scene.root, scene.ada);
    let (ends, store, seen) = (ending.of(world, root, &scene.caller), world.store.clone(), Arc::new(Mutex::new(None)));
    let noted = Arc::clone(&seen);
    let events = Meanwhile::with(
        world,
        Box::pin(async move {
            ends.await;
            let after = Scene::seen(&store, root, ada).await;
            *noted.lock().unwrap() = Some(after);
        }),
    );
    if when == When::AtOnce {
        events.happens().await;
    }
    let commands = world.commands_on(events);
    let proving = if when == When::BeforeTheProof { commands.clone() } else { world.commands() };
    let gate = world.gate_on(proving);
    let answer = scene.acts(act, commands, gate).await;
    let case = format!("{act:?}, {ending:?}, {when:?}");
    let told = answer.expect_err(&case);
    // What became of the own account may stand in the way before: nothing is pending any more, nobody is left.
    if when != When::AtOnce && act.is_about_another() {
        assert_eq!(told, Told::Denied, "{case}");
    }
    let before = seen.lock().unwrap().take().expect("it ended");
    assert_eq!(Scene::seen(&world.store, root, ada).await, before, "{case}: something was written");
}

#[tokio::test]
async fn nothing_is_written_for_a_session_that_ended() {
    for act in ACTS {
        for ending in ENDINGS {
            for when in [When::AtOnce, When::BeforeTheProof, When::AfterTheProof] {
                overtaken(act, ending, when).await;
            }
        }
    }
}

#[tokio::test]
async fn what_is_asked_for_is_done_while_the_session_stands() {
    for act in ACTS {
        let scene = Scene::of(act).await;
        let before = Scene::seen(&scene.world.store, scene.root, scene.ada).await;
        let (commands, gate) = (scene.world.commands(), scene.world.gate());
        assert_eq!(scene.acts(act, commands, gate).await, Ok(()), "{act:?}");
        let after = Scene::seen(&scene.world.store, scene.root, scene.ada).await;
        assert_ne!(after, before, "{act:?}");
    }
}

#[tokio::test]
async fn two_administrators_who_clear_one_factor_at_once_both_succeed() {
    let world = World::new();
    let (root, second) = (world.enrolled("root", Role::Admin).await, world.enrolled("second", Role::Admin).await);
    let ada = world.enrolled("ada", Role::User).await;
    let theirs = ResetTotp::new(world.commands(), world.store.clone(), world.store.clone(), world.gate());
    let events = Meanwhile::with(
        &world,
        Box::pin(async move {
            let ask = request(second.caller);
            let done = theirs.execute(&ask, Some(&named("ada")), &sent(&second.backup[0])).await.unwrap();
            assert!(done.value.event.is_some());
        }),
    );
    let mine = ResetTotp::new(world.commands_on(events), world.store.clone(), world.store.clone(), world.gate());
    let done = mine.execute(&request(root.caller), Some(&named("ada")), &sent(&root.backup[0])).await.unwrap();
    assert_eq!(done.value.event, None, "there was nothing left to clear");
    assert_eq!(world.told(ada.user).iter().filter(|name| *name == "TotpReset").count(), 1);
}

#[tokio::test]
async fn sessions_of_one_person_end_beside_each_other() {
    let world = World::new();
    let (user, first) = world.account("ada", Role::User).await;
    let others = [(); 2].map(|()| a_session(world.store.as_ref(), user, 0));
    let [second, third] = others.map(|session| async { operator(user, session.await, Role::User) });
    let (second, third) = (second.await, third.await);
    let signing_out = SignOut::new(world.token_ports());
    let theirs = request(second.clone());
    let events = Meanwhile::with(&world, Box::pin(async move { signing_out.execute(&theirs).await.unwrap() }));
    SignOut::new(world.token_ports_on(events)).execute(&request(first)).await.unwrap();
    let left: Vec<_> = world.store.sessions_of(user).iter().map(|session| session.token).collect();
    assert_eq!(left, [third.operator.as_ref().unwrap().session]);

    // The same session twice, by the look-up of a request that was slow.
    let ending = EndOtherSessions::new(world.commands(), world.store.clone());
    let theirs = request(third.clone());
    let events = Meanwhile::with(&world, Box::pin(async move { drop(ending.execute(&theirs).await.unwrap()) }));
    let ending = EndOtherSessions::new(world.commands_on(events), world.store.clone());
    ending.execute(&request(third)).await.unwrap();
}

#[tokio::test]
async fn a_sign_in_beside_a_sign_out_succeeds() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::User).await;
    let signing_out = SignOut::new(world.token_ports());
    let events = Meanwhile::with(&world, Box::pin(async move { signing_out.execute(&request(caller)).await.unwrap() }));
    let order = SignInOrder {
        login: Some(portcullis_domain::port::LoginName::UserName(user_name("ada"))),
        password: FakeHasher::password_digest("ada"),
        proof: Proof::default(),
    };
    let lifetime = Duration::from_hours(1);
    let commands = world.commands_on(events);
    let signing_in =
        SignIn::new(commands, world.store.clone(), world.hasher.clone(), world.gate(), world.lockout(), lifetime);
    let anonymous: Request = request(Caller::default());
    assert_eq!(signing_in.execute(&anonymous, &order).await.unwrap().user, user);
    assert_eq!(world.store.sessions_of(user).len(), 1);
}

#[tokio::test]
async fn a_session_goes_on_after_the_loss_of_a_role() {
    let scene = Scene::of(Act::SetActive).await;
    Ending::RoleLost.of(&scene.world, scene.root, &scene.caller).await;
    let caller = scene.world.again(&scene.caller).await;
    assert!(caller.operator.as_ref().unwrap().permissions.len() < Permission::ALL.len());
    let store = || scene.world.store.clone();
    EnableEmailFactor::new(scene.world.commands(), store(), store()).execute(&request(caller)).await.unwrap();
}

#[tokio::test]
async fn totp_that_is_switched_off_proves_nothing_but_itself() {
    let world = World::new();
    let ada = world.enrolled("ada", Role::User).await;
    let off = || world.gate_with(TwoFactorPolicy { totp_enabled: false, ..TwoFactorPolicy::default() });
    let name = TokenName::parse("new").unwrap();
    let order = TokenOrder { name, bypass_two_factor: false };
    world.clock.advance(Duration::from_hours(1));
    for code in [&ada.backup[0], &world.code(&ada.secret)] {
        let proof = Proof { forced: Some(portcullis_domain::totp::Method::Totp), ..sent(code) };
        let creating = CreatePersonalAccessToken::new(world.token_ports(), off());
        let answer = creating.execute(&request(ada.caller.clone()), &order, &proof).await;
        assert!(matches!(answer, Err(UseCaseError::Refused { .. })), "{answer:?}");
    }
    let disabling = DisableTotp::new(world.commands(), world.store.clone(), world.store.clone(), off());
    disabling.execute(&request(ada.caller.clone()), &ada.backup[0]).await.unwrap();
    assert_eq!(world.told(ada.user).last().unwrap(), "TotpDisabled");
}
