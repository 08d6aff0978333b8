//! 3dEye with a memory: when which password opened the account, who made it, and which roles the person is owed.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{Created, Deleted, GatewayError, NewRemoteAccount, ThreeDEyeGateway};
use portcullis_domain::threedeye::RemoteAccount;
use portcullis_testkit::build::email;
use portcullis_testkit::fake::{FakeAccount, FakeGateway};

use super::act::{Fate, Other};

pub(super) const EMAIL: &str = "ada@example.com";

pub(super) fn role(n: usize) -> ThreeDEyeRoleId {
    ThreeDEyeRoleId::parse(format!("role-{n}")).unwrap()
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Us,
    Other,
}

/// The time a password opened an account.
#[derive(Debug)]
pub(super) struct Life {
    id: ThreeDEyeUserId,
    password: Option<String>,
    until: Option<(u64, By)>,
}

/// A call on its way.
#[derive(Debug, Clone)]
pub(super) enum Sent {
    Look,
    Create(NewRemoteAccount),
    Delete(ThreeDEyeUserId),
    Assign(ThreeDEyeUserId, ThreeDEyeRoleId),
}

/// What a call that took effect answers.
#[derive(Debug)]
pub(super) enum Told {
    Seen(Option<RemoteAccount>),
    Created(Created),
    Deleted(Deleted),
    Assigned,
}

/// What whoever sent a call had seen, and whether they may take what is another's.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sender {
    /// When they looked last.
    pub(super) looked: Option<u64>,
    /// Does the caller's token stand for the address?
    pub(super) entitled: bool,
    /// Did an operator order that the account be deleted?
    pub(super) ordered: bool,
}

#[derive(Debug, Default)]
struct Inner {
    now: u64,
    fate: Option<(usize, Fate)>,
    late: Vec<(Sent, Sender)>,
    sends_when_dying: bool,
    lives: Vec<Life>,
    /// Accounts somebody else made.
    strangers: BTreeSet<ThreeDEyeUserId>,
    /// Since when an account has a role others gave it.
    since: BTreeMap<(ThreeDEyeUserId, ThreeDEyeRoleId), u64>,
    gone_roles: BTreeSet<ThreeDEyeRoleId>,
    /// Roles that must be at the account or be waiting to be restored.
    owed: BTreeSet<ThreeDEyeRoleId>,
    /// May we take an account somebody else made?
    claim: bool,
    /// Roles that wait to be restored.
    saved: BTreeSet<ThreeDEyeRoleId>,
    /// Roles of accounts that were deleted by an operator's order without a sign that they were the person's.
    alien: BTreeSet<ThreeDEyeRoleId>,
    broken: Vec<String>,
    effects: BTreeMap<&'static str, u64>,
}

pub(super) struct There {
    remote: FakeGateway,
    inner: Mutex<Inner>,
}

/// The outcome of a future that waits for nobody else.
pub(super) fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

impl There {
    pub(super) fn new() -> Self {
        let remote = FakeGateway::new();
        (0..4).for_each(|n| remote.seed_role(&role(n), &format!("Role {n}")));
        Self { remote, inner: Mutex::default() }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.inner.lock().unwrap())
    }

    /// Lets a moment pass.
    pub(super) fn tick(&self) -> u64 {
        self.with(|inner| {
            inner.now += 1;
            inner.now
        })
    }

    /// The fate of the nth call from now on; all others go well.
    pub(super) fn foresee(&self, nth: usize, fate: Fate) {
        self.with(|inner| inner.fate = Some((nth, fate)));
    }

    pub(super) fn next_fate(&self) -> Fate {
        self.with(|inner| match inner.fate.take() {
            Some((0, fate)) => fate,
            Some((nth, fate)) => {
                inner.fate = Some((nth - 1, fate));
                Fate::Well
            }
            None => Fate::Well,
        })
    }

    /// What is to be known here of the local rows.
    pub(super) fn learns(&self, claim: bool, saved: Option<&[ThreeDEyeRoleId]>) {
        self.with(|inner| {
            inner.claim = claim;
            inner.saved = saved.unwrap_or_default().iter().cloned().collect();
        });
    }

    pub(super) fn sends_when_dying(&self, sends: bool) {
        self.with(|inner| inner.sends_when_dying = sends);
    }

    /// The process died with this on its lips.
    pub(super) fn died_sending(&self, sent: Sent, sender: Sender) {
        self.with(|inner| {
            if inner.sends_when_dying {
                inner.late.push((sent, sender));
            }
        });
    }

    pub(super) fn gave_up(&self, sent: Sent, sender: Sender) {
        self.with(|inner| inner.late.push((sent, sender)));
    }

    /// A call that was given up takes effect; answers whether there was one.
    pub(super) fn lands(&self, nth: usize) -> bool {
        let landing = self.with(|inner| {
            let under_way = inner.late.len();
            (under_way > 0).then(|| inner.late.remove(nth % under_way))
        });
        let landed = landing.is_some();
        if let Some((sent, sender)) = landing {
            // Nobody hears the answer.
            drop(self.arrives(&sent, sender));
        }
        landed
    }

    /// A call takes effect.
    pub(super) fn arrives(&self, sent: &Sent, sender: Sender) -> Result<Told, GatewayError> {
        let before = self.remote.accounts();
        let answer = match sent {
            Sent::Look => at_once(self.remote.find_by_email(&email(EMAIL))).map(Told::Seen),
            Sent::Create(account) if account.roles.iter().any(|role| self.is_gone(role)) => {
                Err(GatewayError::Rejected("status 400".to_owned()))
            }
            Sent::Create(account) => at_once(self.remote.create(account)).map(Told::Created),
            Sent::Delete(id) => at_once(self.remote.delete(id)).map(Told::Deleted),
            Sent::Assign(_, role) if self.is_gone(role) => Err(GatewayError::Rejected("status 404".to_owned())),
            Sent::Assign(id, role) => at_once(self.remote.assign_role(id, role)).map(|()| Told::Assigned),
        };
        self.note(&before, By::Us, sender);
        answer
    }

    fn is_gone(&self, role: &ThreeDEyeRoleId) -> bool {
        self.with(|inner| inner.gone_roles.contains(role))
    }

    /// All roles there are.
    pub(super) fn remote(&self) -> &FakeGateway {
        &self.remote
    }

    /// Somebody else does something.
    pub(super) fn behind(&self, other: Other) {
        let before = self.remote.accounts();
        let account = before.first().cloned();
        let ours = account.clone().filter(|account| account.ours);
        match (other, ours) {
            (Other::Makes { ours, role: n }, _) if account.is_none() => {
                let roles = if self.is_gone(&role(n)) { vec![] } else { vec![role(n)] };
                self.remote.seed(" Ada@Example.com ", ours, &roles);
            }
            (Other::Deletes, Some(account)) => drop(at_once(self.remote.delete(&account.id))),
            (Other::AddsRole(n), Some(account)) if !self.is_gone(&role(n)) => {
                at_once(self.remote.assign_role(&account.id, &role(n))).unwrap();
            }
            (Other::RemovesRole(n), Some(account)) => {
                drop(at_once(self.remote.unassign_role(&account.id, &role(n))));
            }
            (Other::DeletesRole(n), _) => {
                drop(at_once(self.remote.delete_role(&role(n))));
                self.with(|inner| {
                    inner.gone_roles.insert(role(n));
                    inner.owed.remove(&role(n));
                });
            }
            (Other::MovesAway, Some(account)) => {
                drop(at_once(self.remote.delete(&account.id)));
                self.remote.seed(EMAIL, false, &[]);
            }
            _ => {}
        }
        self.note(&before, By::Other, Sender::default());
    }

    /// Remembers what a change did.
    fn note(&self, before: &[FakeAccount], by: By, sender: Sender) {
        let after = self.remote.accounts();
        let mut inner = self.inner.lock().unwrap();
        inner.now += 1;
        for gone in before.iter().filter(|old| after.iter().all(|new| new.id != old.id)) {
            inner.ended(gone, by, sender);
        }
        for new in &after {
            match before.iter().find(|old| old.id == new.id) {
                None => inner.began(new, by),
                Some(old) => inner.changed(old, new, by),
            }
        }
        let ours = after.iter().filter(|account| account.ours).count();
        if ours > 1 {
            inner.broken.push(format!("{ours} accounts"));
        }
    }

    /// Our account of the address.
    pub(super) fn account(&self) -> Option<FakeAccount> {
        self.remote.accounts().into_iter().find(|account| account.ours)
    }

    /// Is the address taken in another customer?
    pub(super) fn is_elsewhere(&self) -> bool {
        self.remote.accounts().iter().any(|account| !account.ours)
    }

    pub(super) fn is_strangers(&self, id: &ThreeDEyeUserId) -> bool {
        self.with(|inner| inner.strangers.contains(id))
    }

    pub(super) fn owed(&self) -> BTreeSet<ThreeDEyeRoleId> {
        self.with(|inner| inner.owed.clone())
    }

    /// Somebody was told that these are not restored; they are owed no longer, but where the account has them.
    pub(super) fn dropped(&self, roles: &[ThreeDEyeRoleId]) {
        let held = self.account().map(|account| account.roles).unwrap_or_default();
        self.with(|inner| inner.owed.retain(|role| held.contains(role) || !roles.contains(role)));
    }

    /// Did the password open the account at any moment since then, or did somebody else see to it that it does not?
    pub(super) fn opened(&self, password: &str, since: u64) -> bool {
        self.with(|inner| {
            inner.lives.iter().filter(|life| life.password.as_deref() == Some(password)).any(|life| match life.until {
                None => true,
                Some((until, by)) => until >= since || by == By::Other,
            })
        })
    }

    /// Who ended the life of the account this password opened, and still opens if nobody has.
    pub(super) fn ended_by(&self, password: &str) -> Option<By> {
        self.with(|inner| {
            let life = inner.lives.iter().rev().find(|life| life.password.as_deref() == Some(password));
            life.and_then(|life| life.until).map(|(_, by)| by)
        })
    }

    pub(super) fn broken(&self) -> Vec<String> {
        self.with(|inner| std::mem::take(&mut inner.broken))
    }

    pub(super) fn effects(&self) -> BTreeMap<&'static str, u64> {
        self.with(|inner| inner.effects.clone())
    }
}

impl Inner {
    fn count(&mut self, what: &'static str) {
        *self.effects.entry(what).or_default() += 1;
    }

    fn ended(&mut self, gone: &FakeAccount, by: By, sender: Sender) {
        let now = self.now;
        for life in self.lives.iter_mut().filter(|life| life.id == gone.id) {
            life.until = Some((now, by));
        }
        if by == By::Other {
            self.owed.retain(|role| !gone.roles.contains(role));
            return self.count("accounts deleted by others");
        }
        self.count("accounts deleted by us");
        if self.strangers.contains(&gone.id) && !self.claim && !sender.entitled {
            if !sender.ordered {
                self.broken.push(format!("an account that is not ours was deleted: {gone:?}"));
            }
            let alien: Vec<_> = gone.roles.iter().filter(|role| !self.saved.contains(role)).cloned().collect();
            self.owed.retain(|role| !alien.contains(role));
            self.alien.extend(alien);
        }
        // Nobody can save a role that came after they looked.
        let late = |role: &ThreeDEyeRoleId| {
            let since = self.since.get(&(gone.id.clone(), role.clone())).copied();
            sender.looked.is_some_and(|looked| since.is_some_and(|since| since > looked))
        };
        let lost: BTreeSet<_> = gone.roles.iter().filter(|role| late(role)).cloned().collect();
        self.owed.retain(|role| !lost.contains(role));
    }

    fn began(&mut self, new: &FakeAccount, by: By) {
        let id = new.id.clone();
        self.lives.push(Life { id: id.clone(), password: new.password.clone(), until: None });
        if by == By::Us {
            self.gave(&new.roles);
            return self.count("accounts made by us");
        }
        self.count("accounts made by others");
        self.alien.retain(|role| !new.roles.contains(role));
        if new.ours {
            self.strangers.insert(id.clone());
            for role in &new.roles {
                self.owed.insert(role.clone());
                self.since.insert((id.clone(), role.clone()), self.now);
            }
        }
    }

    fn changed(&mut self, old: &FakeAccount, new: &FakeAccount, by: By) {
        let added: Vec<_> = new.roles.iter().filter(|role| !old.roles.contains(role)).cloned().collect();
        if by == By::Us {
            return self.gave(&added);
        }
        for role in added {
            self.alien.remove(&role);
            self.owed.insert(role.clone());
            self.since.insert((new.id.clone(), role), self.now);
            self.count("roles given by others");
        }
        for role in old.roles.iter().filter(|role| !new.roles.contains(role)) {
            self.owed.remove(role);
            self.count("roles taken by others");
        }
    }

    /// We gave these to an account.
    fn gave(&mut self, roles: &[ThreeDEyeRoleId]) {
        if let Some(role) = roles.iter().find(|role| self.alien.contains(role)) {
            self.broken.push(format!("{role} of somebody else's account was given to the person"));
        }
    }
}
