//! A store in memory and fakes of everything else, wired for use cases.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_domain::clock::{Clock, Timestamp};
use portcullis_domain::commit::{Commit, Effects, IdempotencyKey, Recalled};
use portcullis_domain::event::{Envelope, Position, Recorded, StreamId};
use portcullis_domain::ids::{RequestId, UserId};
use portcullis_domain::permission::{ChangedRoles, effective};
use portcullis_domain::policy::{Caller, OperatorCaller, OrganisationCaller, StaffCaller, UserCaller};
use portcullis_domain::port::{
    CommitError, EventStore, Sessions, ThreeDEyeAccounts, ThreeDEyeGateway, Unavailable, VersionRange,
};
use portcullis_domain::secret::Secret;
use portcullis_domain::session::{LockoutPolicy, TokenHash};
use portcullis_domain::threedeye::{AccountState, PasswordPolicy};
use portcullis_domain::totp::TwoFactorPolicy;
use portcullis_domain::usecase::session::{Lockout, TokenPorts};
use portcullis_domain::usecase::threedeye::CameraPorts;
use portcullis_domain::usecase::totp::SecondFactorGate;
use portcullis_domain::usecase::{Commands, IfMatch, Request};
use portcullis_domain::user::Role;
use portcullis_testkit::build::{CommitBuilder, a_commit, a_key_prefix, org};
use portcullis_testkit::fake::{FakeGateway, FakeHasher, FakeTotpCodes, InstantTimer, SeededEntropy, TestClock};
use portcullis_testkit::memory::MemoryStore;

/// How long a step with 3dEye is held.
pub(super) const LEASE: Duration = Duration::from_secs(15);

pub(super) struct World {
    pub(super) store: Arc<MemoryStore>,
    pub(super) clock: Arc<TestClock>,
    pub(super) gateway: Arc<FakeGateway>,
    pub(super) hasher: Arc<FakeHasher>,
    entropy: Arc<SeededEntropy>,
}

impl World {
    pub(super) fn new() -> Self {
        let clock = Arc::new(TestClock::default());
        Self {
            store: Arc::new(MemoryStore::new(clock.clone())),
            clock,
            gateway: Arc::new(FakeGateway::new()),
            hasher: Arc::new(FakeHasher::new()),
            entropy: Arc::new(SeededEntropy::new(7)),
        }
    }

    pub(super) fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn commands(&self) -> Commands {
        self.commands_on(self.store.clone())
    }

    pub(super) fn commands_on(&self, events: Arc<dyn EventStore>) -> Commands {
        Commands { events, clock: self.clock.clone(), entropy: self.entropy.clone() }
    }

    pub(super) fn token_ports(&self) -> TokenPorts {
        self.token_ports_on(self.store.clone())
    }

    pub(super) fn token_ports_on(&self, events: Arc<dyn EventStore>) -> TokenPorts {
        TokenPorts {
            commands: self.commands_on(events),
            users: self.store.clone(),
            sessions: self.store.clone(),
            hasher: self.hasher.clone(),
        }
    }

    pub(super) fn camera(&self) -> CameraPorts {
        self.camera_on(self.store.clone())
    }

    pub(super) fn camera_on(&self, events: Arc<dyn EventStore>) -> CameraPorts {
        CameraPorts {
            commands: self.commands_on(events),
            users: self.store.clone(),
            accounts: self.store.clone(),
            camera_roles: self.store.clone(),
            gateway: self.gateway.clone(),
            timer: Arc::new(InstantTimer::new(self.clock.clone())),
            lease: LEASE,
            alone_since: None,
            passwords: PasswordPolicy::default(),
        }
    }

    /// With 3dEye behind something.
    pub(super) fn camera_through(&self, gateway: Arc<dyn ThreeDEyeGateway>) -> CameraPorts {
        CameraPorts { gateway, ..self.camera() }
    }

    /// The local rows of a person's camera account.
    pub(super) async fn rows(&self, user: UserId) -> AccountState {
        ThreeDEyeAccounts::find(self.store.as_ref(), user).await.unwrap()
    }

    pub(super) fn gate(&self) -> SecondFactorGate {
        self.gate_with(TwoFactorPolicy::default())
    }

    pub(super) fn gate_with(&self, policy: TwoFactorPolicy) -> SecondFactorGate {
        let codes = Arc::new(FakeTotpCodes);
        SecondFactorGate::new(self.commands(), self.store.clone(), self.hasher.clone(), codes, policy)
    }

    pub(super) fn gate_on(&self, commands: Commands) -> SecondFactorGate {
        let (codes, policy) = (Arc::new(FakeTotpCodes), TwoFactorPolicy::default());
        SecondFactorGate::new(commands, self.store.clone(), self.hasher.clone(), codes, policy)
    }

    pub(super) fn lockout(&self) -> Lockout {
        let policy = Some(LockoutPolicy::default());
        Lockout::new(self.store.clone(), self.hasher.clone(), policy, Secret::new([8; 32]))
    }

    /// The codes mailed to a person, oldest first.
    pub(super) fn mailed_codes(&self, user: UserId) -> Vec<String> {
        let rows = self.store.outbox_rows().into_iter().map(|row| row.message);
        let codes = rows.filter(|message| message.template == "email-code" && message.user == Some(user));
        let code = |text: &str| {
            let payload: serde_json::Value = serde_json::from_str(text).unwrap();
            payload["code"].as_str().unwrap().to_owned()
        };
        codes.map(|message| code(message.payload.expose())).collect()
    }

    /// The same caller in the next request: the session is looked up again.
    pub(super) async fn again(&self, caller: &Caller) -> Caller {
        let mut caller = caller.clone();
        let operator = caller.operator.as_mut().unwrap();
        let found = Sessions::find(self.store.as_ref(), &operator.session).await.unwrap().expect("the session stands");
        (operator.epoch, operator.permissions, operator.roles) = (found.epoch, found.permissions, found.roles);
        caller
    }

    /// The events of a person's stream by name.
    pub(super) fn told(&self, user: UserId) -> Vec<String> {
        let stream = StreamId::from(user);
        let of_user = |envelope: &Envelope| envelope.stream() == stream;
        self.store.envelopes().into_iter().filter(of_user).map(|envelope| envelope.name).collect()
    }
}

pub(super) fn request(caller: Caller) -> Request {
    Request::plain(caller, RequestId::parse("req_test").unwrap())
}

/// The same request with a key to tell its repeats by.
pub(super) fn keyed(request: &Request, key: u8, body: u8) -> Request {
    let key = IdempotencyKey { scope: [key; 32], body: [body; 32] };
    Request { idempotency: Some(key), if_match: IfMatch::None, ..request.clone() }
}

pub(super) fn staff() -> Caller {
    Caller { staff: Some(StaffCaller { subject: "staff-1".to_owned() }), ..Caller::default() }
}

pub(super) fn person(id: UserId) -> Caller {
    Caller { user: Some(UserCaller { id, verified_email: None }), ..Caller::default() }
}

pub(super) fn key_of(id: &str) -> Caller {
    let key = OrganisationCaller { org: org(id), key: a_key_prefix(), is_super: false };
    Caller { organisation: Some(key), ..Caller::default() }
}

/// Signed in, as looked up before any epoch was raised.
pub(super) fn operator(id: UserId, session: TokenHash, role: Role) -> Caller {
    let roles = [role].into();
    let permissions = effective(&roles, &ChangedRoles::new());
    let (bypass_two_factor, remembered, epoch) = (false, None, 0);
    let operator = OperatorCaller { id, session, roles, permissions, bypass_two_factor, remembered, epoch };
    Caller { operator: Some(operator), ..Caller::default() }
}

/// A store whose process dies after a number of commits: from then on nothing is written and nothing answers.
pub(super) struct DyingStore {
    inner: Arc<MemoryStore>,
    left: AtomicUsize,
}

impl DyingStore {
    pub(super) fn after(inner: Arc<MemoryStore>, commits: usize) -> Self {
        Self { inner, left: AtomicUsize::new(commits) }
    }

    fn dead() -> Unavailable {
        Unavailable::new("the process is dead")
    }
}

#[async_trait]
impl EventStore for DyingStore {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let spend = |left: usize| left.checked_sub(1);
        match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend) {
            Ok(_) => self.inner.commit(commit).await,
            Err(_) => Err(Self::dead().into()),
        }
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

/// A store where somebody else is faster once: just before a commit it writes theirs.
pub(super) struct OvertakenStore {
    inner: Arc<MemoryStore>,
    left: AtomicUsize,
    theirs: Mutex<Option<CommitBuilder>>,
}

impl OvertakenStore {
    /// Before the first commit.
    pub(super) fn by(inner: Arc<MemoryStore>, theirs: Effects) -> Arc<Self> {
        Self::after(inner, 0, a_commit().effects(theirs))
    }

    /// After a number of commits, before the next.
    pub(super) fn after(inner: Arc<MemoryStore>, commits: usize, theirs: CommitBuilder) -> Arc<Self> {
        Arc::new(Self { inner, left: AtomicUsize::new(commits), theirs: Mutex::new(Some(theirs)) })
    }
}

#[async_trait]
impl EventStore for OvertakenStore {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let spend = |left: usize| left.checked_sub(1);
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend).is_err() {
            let theirs = self.theirs.lock().unwrap().take();
            if let Some(theirs) = theirs {
                theirs.put(self.inner.as_ref()).await;
            }
        }
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
