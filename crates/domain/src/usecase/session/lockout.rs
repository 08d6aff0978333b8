//! Keeping out whoever tries passwords out.

use std::net::IpAddr;
use std::sync::Arc;

use crate::clock::Timestamp;
use crate::commit::{ClientTrace, WorkChange};
use crate::port::{Hasher, LoginName, SignInFailures, Unavailable};
use crate::secret::Secret;
use crate::session::{Blocked, FailureCounts, FailureKey, LockoutPolicy, client_network};

/// What the failures of one sign-in count under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attempt {
    account: FailureKey,
    /// None on the command line and wherever the client is not known.
    address: Option<FailureKey>,
}

impl Attempt {
    fn keys(self) -> impl Iterator<Item = FailureKey> {
        [Some(self.account), self.address].into_iter().flatten()
    }
}

/// How an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    counts: FailureCounts,
    /// Is it kept out?
    pub(super) blocked: Option<Blocked>,
}

/// Counts failed sign-ins of a name and of an address, in the database.
///
/// A name counts by itself, not by the account it belongs to: a name nobody has is counted, and blocked, exactly like
/// one somebody has, and that a name and an address belong to one account does not show. The price: whoever knows both
/// may try twice as often.
#[derive(Clone)]
pub struct Lockout {
    failures: Arc<dyn SignInFailures>,
    hasher: Arc<dyn Hasher>,
    policy: Option<LockoutPolicy>,
    key: Secret<[u8; 32]>,
}

impl Lockout {
    /// Wires it; without a policy nothing is counted. `key` makes the hashes of names and addresses, so that a copy of the
    /// database does not tell them; it must be the same in every process.
    pub fn new(
        failures: Arc<dyn SignInFailures>,
        hasher: Arc<dyn Hasher>,
        policy: Option<LockoutPolicy>,
        key: Secret<[u8; 32]>,
    ) -> Self {
        Self { failures, hasher, policy, key }
    }

    /// What a sign-in counts under. Names nobody can have count together by the client that sends them.
    pub(super) fn attempt(&self, login: Option<&LoginName>, client: Option<&ClientTrace>) -> Attempt {
        let address = client.and_then(|client| client.address.as_deref()).unwrap_or_default();
        // What is no address is taken as it is: all who are told by it count together.
        let network =
            address.parse::<IpAddr>().map_or_else(|_| address.to_owned(), |ip| client_network(ip).to_string());
        let account = match login {
            Some(login) => self.account(login),
            None => self.key(&format!("no name/{network}")),
        };
        Attempt { account, address: (!network.is_empty()).then(|| self.key(&format!("address/{network}"))) }
    }

    /// What the failures of a name count under.
    pub(super) fn account(&self, login: &LoginName) -> FailureKey {
        match login {
            LoginName::UserName(name) => self.key(&format!("name/{}", name.folded())),
            LoginName::Email(address) => self.key(&format!("email/{}", address.as_str())),
        }
    }

    /// Both parts of what is hashed have one length, so a hash over them with the key in front is keyed well enough.
    fn key(&self, text: &str) -> FailureKey {
        let text = self.hasher.digest(text.as_bytes());
        FailureKey::new(self.hasher.digest(&[*self.key.expose(), text].concat()))
    }

    /// How an attempt stands at `now`.
    pub(super) async fn standing(&self, attempt: Attempt, now: Timestamp) -> Result<Standing, Unavailable> {
        let Some(policy) = &self.policy else {
            return Ok(Standing { counts: FailureCounts::default(), blocked: None });
        };
        let counts = self.failures.find(&attempt.account, attempt.address).await?;
        Ok(Standing { counts, blocked: policy.blocks(&counts, now) })
    }

    /// What a failure at `now` changes.
    pub(super) fn failed(&self, attempt: Attempt, now: Timestamp) -> Vec<WorkChange> {
        let Some(policy) = &self.policy else { return Vec::new() };
        let until = now.plus(policy.window);
        attempt.keys().map(|key| WorkChange::SignInFailed { key, at: now, until }).collect()
    }

    /// What a success changes: nothing where nothing was counted.
    pub(super) fn succeeded(attempt: Attempt, standing: Standing) -> impl Iterator<Item = WorkChange> {
        let account = standing.counts.account.map(|_| attempt.account);
        let address = standing.counts.address.and(attempt.address);
        [account, address].into_iter().flatten().map(WorkChange::SignInFailuresCleared)
    }
}
