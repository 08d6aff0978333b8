//! Failed sign-ins, counted so that passwords cannot be tried out at will.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use crate::clock::Timestamp;

/// What failed sign-ins are counted under: a keyed hash of an account's name or of a client's network. The name is the
/// one that was sent, whether there is such an account or not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FailureKey([u8; 32]);

impl FailureKey {
    /// Takes over a hash.
    pub const fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The hash.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for FailureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FailureKey(…)")
    }
}

/// Failed sign-ins under one key within a window, which begins with the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedSignIns {
    /// How many; at least one.
    pub count: u32,
    /// When the window began.
    pub since: Timestamp,
    /// When it is over.
    pub until: Timestamp,
}

impl FailedSignIns {
    /// The first one of a window.
    pub const fn first(at: Timestamp, until: Timestamp) -> Self {
        Self { count: 1, since: at, until }
    }

    /// One more at `at`, which would itself begin a window up to `until`. Where the window there is is over, it does.
    #[must_use]
    pub fn one_more(self, at: Timestamp, until: Timestamp) -> Self {
        if self.is_open(at, until) {
            Self { count: self.count.saturating_add(1), ..self }
        } else {
            Self::first(at, until)
        }
    }

    /// Does the window there is take in a failure at `at`, which would itself begin one up to `until`? A clock that
    /// stepped back a little keeps it open; one that stepped back by more than a window is long must not keep anybody
    /// out until it has caught up.
    pub fn is_open(self, at: Timestamp, until: Timestamp) -> bool {
        at < self.until && self.since < until
    }
}

/// What is counted of a sign-in, read in one statement: absent = no failure since the last success.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FailureCounts {
    /// Of the account's name.
    pub account: Option<FailedSignIns>,
    /// Of the client's network.
    pub address: Option<FailedSignIns>,
}

/// How many sign-ins may fail within a window before no password is looked at any more until it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockoutPolicy {
    /// For one name.
    pub account_failures: u32,
    /// From one address (IPv6: one /64 network).
    pub address_failures: u32,
    /// The window.
    pub window: Duration,
}

impl Default for LockoutPolicy {
    fn default() -> Self {
        Self { account_failures: 10, address_failures: 50, window: Duration::from_mins(5) }
    }
}

/// Who is kept out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocked {
    /// Everybody who signs in under this name.
    Account,
    /// Everybody who signs in from this address.
    Address,
}

impl LockoutPolicy {
    /// Is somebody with these counts kept out at `now`? The address is looked at first: it says nothing of the name.
    pub fn blocks(&self, counts: &FailureCounts, now: Timestamp) -> Option<Blocked> {
        let until = now.plus(self.window);
        let reached = |failed: Option<FailedSignIns>, most: u32| {
            failed.is_some_and(|failed| failed.is_open(now, until) && failed.count >= most)
        };
        if reached(counts.address, self.address_failures) {
            Some(Blocked::Address)
        } else {
            reached(counts.account, self.account_failures).then_some(Blocked::Account)
        }
    }
}

/// The network a client counts as: its IPv4 address, or the first 64 bits of its IPv6 address, since whoever has one
/// such network has all its addresses. An IPv4 address written as IPv6 is itself.
pub fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        v4 @ IpAddr::V4(_) => v4,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}
