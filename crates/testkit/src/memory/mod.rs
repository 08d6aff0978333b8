//! A store over plain maps: every store-side port, as simple as it can be.
//!
//! It judges commits with the same [`Admission`](portcullis_domain::commit::Admission) and changes views through the
//! same [`project`](portcullis_domain::projection::project) as every other store, so what passes here passes there, but
//! for what only a database can get wrong.

mod apply;
mod camera_roles;
mod cameras;
mod event_store;
mod factors;
mod lock_access;
mod orgs;
mod outbox;
mod permissions;
mod reads;
mod registry;
mod sign_ins;
mod views;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use portcullis_domain::camera_role::Making;
use portcullis_domain::clock::{Clock, Timestamp};
use portcullis_domain::commit::{ClaimNamespace, ClientTrace, GuardKey, IdempotencyRecord, OutboxMessage};
use portcullis_domain::event::{Envelope, Position, Recorded, StreamId, Version};
use portcullis_domain::ids::{ApiKeyPrefix, CameraRoleId, CommitId, OrgId, ThreeDEyeRoleId, UserId};
use portcullis_domain::org::KeptKey;
use portcullis_domain::port::Unavailable;
use portcullis_domain::session::{FailedSignIns, FailureKey, RememberedFactor, Session, TokenHash};
use portcullis_domain::text::{EmailAddress, Language};
use portcullis_domain::threedeye::Mapping;
use portcullis_domain::totp::{EmailCodes, Failures, Totp, TotpState};
use portcullis_domain::user::{Account, PasswordHash, Profile};

use crate::fake::locked;
use views::Views;

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// It waits.
    Waiting,
    /// It left.
    Delivered,
    /// It was given up, for this reason.
    Buried(String),
}

/// A message of the outbox as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The message. Its payload is empty once it left, or its person was erased.
    pub message: OutboxMessage,
    /// What became of it.
    pub delivery: Delivery,
    /// It is not tried before.
    pub not_before: Option<Timestamp>,
    /// When it left or was given up.
    pub done_at: Option<Timestamp>,
    /// Why the last try failed.
    pub error: Option<String>,
}

impl OutboxRow {
    fn has_payload(&self) -> bool {
        !self.message.payload.expose().is_empty()
    }
}

/// A session and what is kept beside it.
#[derive(Debug)]
struct KeptSession {
    session: Session,
    remembered: Option<RememberedFactor>,
}

impl KeptSession {
    fn is_alive(&self, now: Timestamp) -> bool {
        self.session.expires_at.is_none_or(|end| now < end)
    }
}

/// Everything there is.
#[derive(Debug, Default)]
struct State {
    events: Vec<Recorded>,
    commits: HashSet<CommitId>,
    versions: BTreeMap<StreamId, Version>,
    /// With the stream the commit wrote to.
    clients: BTreeMap<CommitId, (Option<StreamId>, ClientTrace)>,
    views: Views,
    profiles: BTreeMap<UserId, Profile>,
    languages: BTreeMap<UserId, Language>,
    accounts: BTreeMap<UserId, Account>,
    passwords: BTreeMap<UserId, PasswordHash>,
    totps: BTreeMap<UserId, Totp>,
    /// Are codes by e-mail switched on, and since when?
    email_factors: BTreeMap<UserId, (bool, Timestamp)>,
    email_codes: BTreeMap<UserId, EmailCodes>,
    /// How far people are with TOTP, and since when.
    totp_states: BTreeMap<UserId, (TotpState, Timestamp)>,
    mappings: BTreeMap<UserId, Mapping>,
    recoveries: BTreeMap<UserId, Vec<ThreeDEyeRoleId>>,
    /// When it was last tried to make somebody a camera account.
    camera_tries: BTreeMap<UserId, Timestamp>,
    kept_keys: BTreeMap<ApiKeyPrefix, KeptKey>,
    tenant_owners: BTreeMap<OrgId, EmailAddress>,
    claims: BTreeMap<(ClaimNamespace, String), UserId>,
    guards: BTreeMap<GuardKey, u64>,
    sessions: BTreeMap<TokenHash, KeptSession>,
    failures: BTreeMap<UserId, Failures>,
    sign_in_failures: BTreeMap<FailureKey, FailedSignIns>,
    leases: BTreeMap<UserId, Timestamp>,
    makings: BTreeMap<CameraRoleId, Making>,
    key_uses: BTreeMap<ApiKeyPrefix, Timestamp>,
    /// In the order they were queued.
    outbox: Vec<OutboxRow>,
    answers: BTreeMap<[u8; 32], IdempotencyRecord>,
    faults: Faults,
    asked: Asked,
}

/// What is to go wrong.
#[derive(Debug, Default)]
struct Faults {
    failing_commits: u32,
    conflicting_commits: u32,
    reads_fail: bool,
    poisons: Vec<String>,
    outcome_unknown: Option<bool>,
}

/// How often a store was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Reads.
    pub reads: u64,
    /// Commits handed in.
    pub commits: u64,
    /// Changes of all kinds in these.
    pub changes: u64,
}

/// All store-side ports in memory.
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store; the clock tells which answers have expired.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    fn reading(&self) -> Result<MutexGuard<'_, State>, Unavailable> {
        let mut state = self.state();
        state.asked.reads += 1;
        if state.faults.reads_fail { Err(Unavailable::new("reads were told to fail")) } else { Ok(state) }
    }

    /// How often it was asked so far.
    pub fn asked(&self) -> Asked {
        self.state().asked
    }

    /// Makes the next commits answer `Unavailable` and leave nothing.
    pub fn fail_next_commits(&self, count: u32) {
        self.state().faults.failing_commits = count;
    }

    /// Makes the next commits that write to a stream answer `Conflict` and leave nothing, as if somebody else had been
    /// quicker every time.
    pub fn conflict_next_commits(&self, count: u32) {
        self.state().faults.conflicting_commits = count;
    }

    /// Makes every read answer `Unavailable`, or no longer.
    pub fn fail_reads(&self, fail: bool) {
        self.state().faults.reads_fail = fail;
    }

    /// From now on a commit whose events contain the text answers `Unavailable` and leaves nothing.
    pub fn poison(&self, marker: &str) {
        self.state().faults.poisons.push(marker.to_owned());
    }

    /// Makes the outcome of the next commit unknown, though it took effect or not; the store then looks it up.
    pub fn commit_outcome_unknown(&self, took_effect: bool) {
        self.state().faults.outcome_unknown = Some(took_effect);
    }

    /// Makes the views anew from the events alone.
    pub fn rebuild_views(&self) {
        let mut state = self.state();
        let mut views = Views::default();
        for recorded in &state.events {
            views.take(&envelope(recorded));
        }
        state.views = views;
    }

    /// The views as text, in one order whatever way they came about.
    pub fn dump_views(&self) -> String {
        self.state().views.dump()
    }

    /// Every event there is, in order.
    pub fn envelopes(&self) -> Vec<Envelope> {
        self.state().events.iter().map(envelope).collect()
    }

    /// The outbox whole, in the order its messages were queued.
    pub fn outbox_rows(&self) -> Vec<OutboxRow> {
        self.state().outbox.clone()
    }

    /// Address and user agent kept for a commit.
    pub fn client_of(&self, commit: CommitId) -> Option<ClientTrace> {
        self.state().clients.get(&commit).map(|(_, client)| client.clone())
    }

    /// Sessions of a person.
    pub fn sessions_of(&self, user: UserId) -> Vec<Session> {
        let state = self.state();
        let sessions = state.sessions.values().map(|kept| &kept.session);
        sessions.filter(|session| session.user == user).cloned().collect()
    }

    /// How many rows each map has.
    pub fn count_rows(&self) -> BTreeMap<String, u64> {
        let state = self.state();
        let counts = [
            ("events", state.events.len()),
            ("commits", state.commits.len()),
            ("versions", state.versions.len()),
            ("private_clients", state.clients.len()),
            ("private_profiles", state.profiles.len()),
            ("private_languages", state.languages.len()),
            ("private_accounts", state.accounts.len()),
            ("private_passwords", state.passwords.len()),
            ("private_totp", state.totps.len()),
            ("private_factors", state.totp_states.len()),
            ("private_email_factors", state.email_factors.len()),
            ("private_email_codes", state.email_codes.len()),
            ("private_threedeye", state.mappings.len()),
            ("private_recovery", state.recoveries.len()),
            ("private_api_keys", state.kept_keys.len()),
            ("private_tenants", state.tenant_owners.len()),
            ("work_claims", state.claims.len()),
            ("work_guards", state.guards.len()),
            ("work_sessions", state.sessions.len()),
            ("work_failures", state.failures.len()),
            ("work_sign_in_failures", state.sign_in_failures.len()),
            ("work_leases", state.leases.len()),
            ("work_camera_role_makings", state.makings.len()),
            ("work_key_use", state.key_uses.len()),
            ("work_outbox", state.outbox.len()),
            ("work_idempotency", state.answers.len()),
        ];
        let counts = counts.into_iter().chain(state.views.counts());
        counts.map(|(table, rows)| (table.to_owned(), rows as u64)).collect()
    }
}

impl State {
    fn position(&self) -> Position {
        Position::new(self.events.len() as u64)
    }

    fn version(&self, stream: &StreamId) -> Version {
        self.versions.get(stream).copied().unwrap_or_default()
    }

    fn guard(&self, key: GuardKey) -> u64 {
        self.guards.get(&key).copied().unwrap_or_default()
    }
}

fn envelope(recorded: &Recorded) -> Envelope {
    recorded.envelope().expect("the store wrote these bytes itself")
}
