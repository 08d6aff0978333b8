//! The keys of an issuer as they were last loaded, and when they are loaded again.
//!
//! * A token whose key is known never waits: keys are loaded beside requests, before they get old.
//! * An unknown key makes them be loaded at once. All who wait for one share one load, and there are only so many in a
//!   while, so that tokens with made-up ids are no way to wear down the issuer or us. Every load brings every new key, so
//!   such tokens keep a new key out for no longer than the time between two of them.
//! * A load that fails changes nothing: known keys go on working, for a day. Then they are forgotten; an issuer who cannot
//!   be asked that long cannot withdraw a stolen key either.
//! * A set without a key that can be used is no failure: that is how an issuer withdraws all it has.
//! * Before the first load succeeded, and after a day of failures, no key is known and every token is refused.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use jsonwebtoken::{Algorithm, Header};
use portcullis_domain::clock::{Clock, Timestamp};
use thiserror::Error;
use tokio::sync::Mutex;
use tracing::Instrument;

use super::endpoint::{Endpoint, FETCH};
use super::file;
use super::key_set::{KeySet, SetFault, VerifyingKey};

/// Largest set, in bytes.
pub(super) const LARGEST: usize = 256 * 1024;
/// How long known keys work without being confirmed.
const GRACE: Duration = Duration::from_hours(24);
/// How long a file is good. Reading it costs nothing.
const FILE_GOOD_FOR: Duration = Duration::from_mins(1);
/// How often keys may be loaded for the sake of unknown ones …
const ASK_EVERY: Duration = Duration::from_secs(6);
/// … but so many loads are saved up: five at once.
const SAVED_UP: Duration = Duration::from_secs(30);
/// How soon keys are loaded again after a failure.
const PAUSE: Duration = Duration::from_secs(30);
/// The same while no key is known: nobody is let in before.
const PAUSE_WITHOUT_KEYS: Duration = Duration::from_secs(5);
/// How long a set is good, unless the issuer says that it is good for less.
pub(super) const LONGEST: Duration = Duration::from_mins(10);

/// Why keys could not be loaded. No text carries an address's query or what was read.
#[derive(Debug, Error)]
pub enum LoadFault {
    /// The file cannot be read.
    #[error("cannot be read: {}", .0.kind())]
    File(#[source] io::Error),
    /// The endpoint cannot be reached.
    #[error("cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The endpoint is too slow.
    #[error("did not answer within {} seconds", FETCH.as_secs())]
    TimedOut,
    /// The endpoint answered something else; redirections are not followed.
    #[error("answered with status {0}")]
    Status(u16),
    /// There is too much of it.
    #[error("is larger than {} KiB", LARGEST / 1024)]
    TooLarge,
    /// What was read is no set to work with.
    #[error(transparent)]
    Set(#[from] SetFault),
}

/// Where keys come from.
pub(super) enum KeySource {
    File(PathBuf),
    Url(Endpoint),
}

impl KeySource {
    /// The set as it is now, and how long it is good.
    async fn load(&self) -> Result<(KeySet, Duration), LoadFault> {
        match self {
            Self::File(path) => Ok((file::load(path.clone()).await?, FILE_GOOD_FOR)),
            Self::Url(endpoint) => endpoint.load().await,
        }
    }
}

/// The key a token is said to be signed with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'h> {
    id: Option<&'h str>,
    algorithm: Algorithm,
}

impl<'h> Wanted<'h> {
    /// None for algorithms that no key of a set is used with.
    pub(super) fn of(header: &'h Header) -> Option<Self> {
        let taken = matches!(header.alg, Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA);
        taken.then_some(Self { id: header.kid.as_deref(), algorithm: header.alg })
    }
}

/// Keeps the keys of an issuer.
#[derive(Clone)]
pub(super) struct KeyRing(Arc<Parts>);

struct Parts {
    source: KeySource,
    clock: Arc<dyn Clock>,
    state: RwLock<State>,
    /// Held by who loads.
    turn: Arc<Mutex<()>>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// When to load again; at once, if never.
    due: Option<Timestamp>,
    /// Until when loads for the sake of unknown keys are used up, each at [`ASK_EVERY`].
    used_up: Option<Timestamp>,
    /// How often keys were loaded, or failed to be.
    loads: u64,
    /// Did the last load fail?
    failing: bool,
}

struct Held {
    keys: Arc<KeySet>,
    confirmed: Timestamp,
}

impl State {
    fn keys(&self, now: Timestamp) -> Option<&Arc<KeySet>> {
        self.held.as_ref().filter(|held| now < held.confirmed.plus(GRACE)).map(|held| &held.keys)
    }

    fn pause(&self, now: Timestamp) -> Duration {
        if self.keys(now).is_some() { PAUSE } else { PAUSE_WITHOUT_KEYS }
    }
}

impl KeyRing {
    pub(super) fn new(source: KeySource, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Parts { source, clock, state: RwLock::default(), turn: Arc::default() }))
    }

    /// The key, if the issuer has it. Waits for one load at most, and only for a key that is not known.
    pub(super) async fn find(&self, wanted: Wanted<'_>) -> Option<Arc<VerifyingKey>> {
        let seen = self.read().loads;
        let (key, may_be_new) = self.known(wanted);
        if key.is_some() || !may_be_new {
            return key;
        }
        let turn = Arc::clone(&self.0.turn).lock_owned().await;
        // Somebody loaded while we waited: that answers us too.
        if self.read().loads == seen {
            if !self.may_ask() {
                return None;
            }
            // A task of its own: a client that hangs up must not take the load from the others who wait for it.
            let ring = self.clone();
            let loading = async move {
                ring.load().await;
                drop(turn);
            };
            let loading = tokio::spawn(loading.in_current_span());
            if loading.await.is_err() {
                tracing::error!("loading the keys of tokens panicked");
            }
        }
        let (key, _) = self.known(wanted);
        if key.is_some() {
            // It was worth asking. The next new key is not made to wait.
            self.write().used_up = None;
        }
        key
    }

    /// Loads the keys if it is time to. Meant to be called every few seconds. Says whether the last load went well.
    pub(super) async fn refresh(&self) -> bool {
        let now = self.0.clock.now();
        // A clock that was set back must not put it off.
        let is_due = self.read().due.is_none_or(|due| due <= now || now.plus(LONGEST) < due);
        if is_due && let Ok(_turn) = self.0.turn.try_lock() {
            self.load().await;
        }
        !self.read().failing
    }

    /// The key as far as known, and whether loading could bring it. A token without an id names no key that could be new,
    /// unless there is none at all.
    fn known(&self, wanted: Wanted<'_>) -> (Option<Arc<VerifyingKey>>, bool) {
        let now = self.0.clock.now();
        match self.read().keys(now) {
            Some(keys) => (keys.find(wanted.id, wanted.algorithm).cloned(), wanted.id.is_some() || keys.is_empty()),
            None => (None, true),
        }
    }

    /// May keys be loaded for the sake of an unknown one? Notes that they are.
    fn may_ask(&self) -> bool {
        let now = self.0.clock.now();
        let limit = now.plus(SAVED_UP);
        let mut state = self.write();
        // More than that is never used up: the clock was set back, which must not close the door.
        let used_up = state.used_up.filter(|until| *until <= limit).map_or(now, |until| until.max(now));
        let used_up = used_up.plus(ASK_EVERY);
        let may = used_up <= limit;
        if may {
            state.used_up = Some(used_up);
        }
        may
    }

    async fn load(&self) {
        let loaded = self.0.source.load().await;
        let now = self.0.clock.now();
        let mut state = self.write();
        state.loads += 1;
        state.failing = loaded.is_err();
        match loaded {
            Ok((keys, good_for)) => {
                let is_new = state.held.as_ref().is_none_or(|held| !held.keys.ids().eq(keys.ids()));
                if is_new && keys.is_empty() {
                    tracing::warn!(left_out = keys.left_out(), "the issuer has no key for tokens: all are refused");
                } else if is_new {
                    tracing::info!(keys = keys.len(), left_out = keys.left_out(), "the keys of tokens were loaded");
                }
                state.held = Some(Held { keys: Arc::new(keys), confirmed: now });
                state.due = Some(now.plus(good_for));
            }
            Err(fault) => {
                if let Some(held) = &mut state.held {
                    // A clock that was set back must not lengthen their life by that much.
                    held.confirmed = held.confirmed.min(now);
                }
                let keys = state.keys(now).map_or(0, |keys| keys.len());
                let error: &(dyn Error + 'static) = &fault;
                tracing::warn!(error, known_keys = keys, "the keys of tokens could not be loaded; will try again");
                state.due = Some(now.plus(state.pause(now)));
            }
        }
    }

    // What is written under the lock is whole at every step, so that a panic beside it spoils nothing.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}
