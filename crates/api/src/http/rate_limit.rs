//! How often a client may call: so many calls of one route from one address within a window.
//!
//! The window is fixed and begins with the first call, since clients are told when it ends. Counted in this process:
//! where several serve, each grants the whole number.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use portcullis_domain::clock::{Clock, Timestamp};
use portcullis_domain::session::client_network;

/// Windows kept at most, some 100 bytes each. Beyond, the oldest are forgotten: a flood from more addresses than this
/// is not for a limit by address to stop.
const MOST_WINDOWS: usize = 100_000;
/// Ended windows dropped with each call, so that no call pays for a flood that is over.
const DROPPED_AT_ONCE: usize = 16;

/// How many calls, and within what time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatePolicy {
    pub calls: u32,
    pub window: Duration,
}

impl Default for RatePolicy {
    fn default() -> Self {
        Self { calls: 10, window: Duration::from_mins(1) }
    }
}

/// How a client stands with a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Calls a window has.
    pub limit: u32,
    /// Calls left in this one.
    pub remaining: u32,
    /// When it ends.
    pub reset: Timestamp,
}

/// One call too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// How long to wait.
    pub wait: Duration,
}

impl TooMany {
    /// Whole seconds to wait, rounded up.
    pub fn seconds(self) -> u64 {
        self.wait.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    route: Arc<str>,
    network: IpAddr,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    since: Timestamp,
    until: Timestamp,
    calls: u32,
}

impl Window {
    /// A clock that stepped back behind its beginning ends it, or it would last for as long as the step.
    fn is_open(&self, now: Timestamp) -> bool {
        self.since <= now && now < self.until
    }
}

#[derive(Debug, Default)]
struct Windows {
    by_key: HashMap<Key, Window>,
    /// In the order they began, which is that of their ends.
    order: VecDeque<Key>,
    routes: HashMap<Box<str>, Arc<str>>,
}

/// The limiter.
pub struct RateLimit {
    policy: RatePolicy,
    most: usize,
    clock: Arc<dyn Clock>,
    windows: Mutex<Windows>,
}

impl RateLimit {
    /// A limiter that has seen nobody.
    pub fn new(policy: RatePolicy, clock: Arc<dyn Clock>) -> Self {
        Self::keeping(policy, clock, MOST_WINDOWS)
    }

    /// One that keeps no more windows than this.
    pub fn keeping(policy: RatePolicy, clock: Arc<dyn Clock>, most: usize) -> Self {
        Self { policy, most, clock, windows: Mutex::default() }
    }

    /// Counts a call of a route; one too many is not counted, and told how long to wait. Clients whose address is not known
    /// count together.
    pub fn count(&self, route: &str, client: Option<IpAddr>) -> (Standing, Result<(), TooMany>) {
        let mut windows = self.windows();
        // Read while nobody else counts, so that it does not run backwards between two calls.
        let now = self.clock.now();
        windows.drop_ended(now);
        let key = windows.key(route, client);
        let until = now.plus(self.policy.window);
        let window = windows.open(key, now, until, self.most);
        let allowed = if window.calls < self.policy.calls {
            window.calls += 1;
            Ok(())
        } else {
            let wait = window.until.unix_millis().saturating_sub(now.unix_millis());
            Err(TooMany { wait: Duration::from_millis(wait.try_into().unwrap_or_default()) })
        };
        (self.standing(*window), allowed)
    }

    /// How a client stands, without counting.
    pub fn peek(&self, route: &str, client: Option<IpAddr>) -> Standing {
        let mut windows = self.windows();
        let now = self.clock.now();
        let key = windows.key(route, client);
        let open = windows.by_key.get(&key).filter(|window| window.is_open(now));
        self.standing(open.copied().unwrap_or(Window { since: now, until: now.plus(self.policy.window), calls: 0 }))
    }

    /// Windows kept at present.
    pub fn kept(&self) -> usize {
        self.windows().by_key.len()
    }

    const fn standing(&self, window: Window) -> Standing {
        let limit = self.policy.calls;
        Standing { limit, remaining: limit.saturating_sub(window.calls), reset: window.until }
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Windows {
    /// Routes are few and known by name; each name is kept once.
    fn key(&mut self, route: &str, client: Option<IpAddr>) -> Key {
        let known = self.routes.get(route).cloned();
        let route = known.unwrap_or_else(|| {
            let name: Arc<str> = route.into();
            self.routes.insert(route.into(), Arc::clone(&name));
            name
        });
        Key { route, network: client_network(client.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))) }
    }

    /// The window of a key, begun now if there is none or it is over.
    fn open(&mut self, key: Key, now: Timestamp, until: Timestamp, most: usize) -> &mut Window {
        let begun = Window { since: now, until, calls: 0 };
        if !self.by_key.contains_key(&key) {
            while self.order.len() >= most.max(1) {
                self.drop_first();
            }
            self.order.push_back(key.clone());
        }
        let window = self.by_key.entry(key).or_insert(begun);
        if !window.is_open(now) {
            *window = begun;
        }
        window
    }

    fn drop_ended(&mut self, now: Timestamp) {
        for _ in 0..DROPPED_AT_ONCE {
            let first = self.order.front().and_then(|key| self.by_key.get(key));
            if first.is_none_or(|window| window.is_open(now)) {
                return;
            }
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        if let Some(key) = self.order.pop_front() {
            self.by_key.remove(&key);
        }
    }
}
