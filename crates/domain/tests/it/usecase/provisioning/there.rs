//! 3dEye on which calls fail, come late, or come from those who died since; the ledger keeps what they did.

use std::sync::Mutex;

use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{Created, Deleted, GatewayError, NewRemoteAccount, NewRemoteRole, ThreeDEyeGateway};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{RemoteAccount, RemoteCursor, RemotePage, RemoteRole};
use portcullis_testkit::fake::{FakeAccount, FakeGateway};

use super::act::{Fate, Other};
use super::cast::{ADDRESSES, PLAIN, at_once, plain};
use super::ledger::{Cause, Ledger, Sender, address_of};

/// A call on its way.
#[derive(Debug, Clone)]
pub(super) enum Sent {
    Look(EmailAddress),
    Get(ThreeDEyeUserId),
    List(Option<RemoteCursor>),
    Roles,
    Create(NewRemoteAccount),
    Delete(ThreeDEyeUserId),
    Assign(ThreeDEyeUserId, ThreeDEyeRoleId),
    Unassign(ThreeDEyeUserId, ThreeDEyeRoleId),
    CreateRole(NewRemoteRole),
    DeleteRole(ThreeDEyeRoleId),
}

/// What a call that took effect answers.
#[derive(Debug)]
pub(super) enum Told {
    Seen(Option<RemoteAccount>),
    Page(RemotePage),
    Roles(Vec<RemoteRole>),
    Created(Created),
    Deleted(Deleted),
    Assigned,
    RoleMade(Option<ThreeDEyeRoleId>),
}

impl Sent {
    const fn only_reads(&self) -> bool {
        matches!(self, Self::Look(_) | Self::Get(_) | Self::List(_) | Self::Roles)
    }
}

#[derive(Debug, Default)]
struct Calls {
    fate: Option<(usize, Fate)>,
    late: Vec<(Sent, Sender)>,
    sends_when_dying: bool,
}

pub(super) struct There {
    remote: FakeGateway,
    calls: Mutex<Calls>,
    ledger: Mutex<Ledger>,
}

impl There {
    pub(super) fn new() -> Self {
        let remote = FakeGateway::new();
        (0..PLAIN).for_each(|n| remote.seed_role(&plain(n), &format!("Role {n}")));
        Self { remote, calls: Mutex::default(), ledger: Mutex::new(Ledger::new()) }
    }

    fn calls<T>(&self, work: impl FnOnce(&mut Calls) -> T) -> T {
        work(&mut self.calls.lock().unwrap())
    }

    pub(super) fn ledger<T>(&self, work: impl FnOnce(&mut Ledger) -> T) -> T {
        work(&mut self.ledger.lock().unwrap())
    }

    /// Lets a moment pass.
    pub(super) fn tick(&self) -> u64 {
        self.ledger(Ledger::tick)
    }

    /// The fate of the nth call from now on; all others go well.
    pub(super) fn foresee(&self, nth: usize, fate: Fate) {
        self.calls(|calls| calls.fate = Some((nth, fate)));
    }

    pub(super) fn next_fate(&self) -> Fate {
        self.calls(|calls| match calls.fate.take() {
            Some((0, fate)) => fate,
            Some((nth, fate)) => {
                calls.fate = Some((nth - 1, fate));
                Fate::Well
            }
            None => Fate::Well,
        })
    }

    pub(super) fn sends_when_dying(&self, sends: bool) {
        self.calls(|calls| calls.sends_when_dying = sends);
    }

    /// The process died with this on its lips.
    pub(super) fn died_sending(&self, sent: Sent, sender: Sender) {
        if self.calls(|calls| calls.sends_when_dying) {
            self.gave_up(sent, sender);
        }
    }

    pub(super) fn gave_up(&self, sent: Sent, sender: Sender) {
        if !sent.only_reads() {
            self.calls(|calls| calls.late.push((sent, sender)));
        }
    }

    /// A call that was given up takes effect; answers whether there was one.
    pub(super) fn lands(&self, nth: usize) -> bool {
        let landing = self.calls(|calls| {
            let under_way = calls.late.len();
            (under_way > 0).then(|| calls.late.remove(nth % under_way))
        });
        let landed = landing.is_some();
        if let Some((sent, sender)) = landing {
            // Nobody hears the answer.
            drop(self.arrives(&sent, &sender));
        }
        landed
    }

    /// A call takes effect.
    pub(super) fn arrives(&self, sent: &Sent, sender: &Sender) -> Result<Told, GatewayError> {
        let (remote, before) = (&self.remote, self.remote.accounts());
        let answer = match sent {
            Sent::Look(email) => at_once(remote.find_by_email(email)).map(Told::Seen),
            Sent::Get(id) => at_once(remote.find(id)).map(Told::Seen),
            Sent::List(from) => at_once(remote.list(from.clone())).map(Told::Page),
            Sent::Roles => at_once(remote.roles()).map(Told::Roles),
            Sent::Create(account) => at_once(remote.create(account)).map(Told::Created),
            Sent::Delete(id) => at_once(remote.delete(id)).map(Told::Deleted),
            Sent::Assign(id, role) => at_once(remote.assign_role(id, role)).map(|()| Told::Assigned),
            Sent::Unassign(id, role) => at_once(remote.unassign_role(id, role)).map(Told::Deleted),
            Sent::CreateRole(role) => at_once(remote.create_role(role)).map(Told::RoleMade),
            Sent::DeleteRole(role) => at_once(remote.delete_role(role)).map(Told::Deleted),
        };
        match sent {
            sent if sent.only_reads() => {}
            Sent::DeleteRole(role) => self.note(&before, Cause::RoleGone(role)),
            _ => self.note(&before, Cause::Us(sender)),
        }
        answer
    }

    /// Somebody else does something; with the role meant, as far as there is one.
    pub(super) fn behind(&self, other: Other, role: Option<ThreeDEyeRoleId>) {
        let before = self.remote.accounts();
        let role = role.filter(|role| self.knows(role));
        let at = |at: usize| before.iter().find(|account| address_of(account) == ADDRESSES[at]).cloned();
        let ours = |n: usize| at(n).filter(|account| account.ours).map(|account| account.id);
        match (other, role) {
            (Other::Makes { at: n, ours, .. }, role) if at(n).is_none() => {
                // As somebody typed it there.
                let typed = format!(" {} ", ADDRESSES[n].replacen('a', "A", 1));
                self.remote.seed(&typed, ours, role.filter(|_| ours).as_slice());
            }
            (Other::Deletes { at }, _) => {
                ours(at).map(|id| at_once(self.remote.delete(&id)));
            }
            (Other::AddsRole { at, .. }, Some(role)) => {
                ours(at).map(|id| at_once(self.remote.assign_role(&id, &role)));
            }
            (Other::RemovesRole { at, .. }, Some(role)) => {
                ours(at).map(|id| at_once(self.remote.unassign_role(&id, &role)));
            }
            (Other::DeletesRole(_), Some(role)) => {
                drop(at_once(self.remote.delete_role(&role)));
                return self.note(&before, Cause::RoleGone(&role));
            }
            (Other::MovesAway { at }, _) => {
                if let Some(id) = ours(at) {
                    drop(at_once(self.remote.delete(&id)));
                    self.remote.seed(ADDRESSES[at], false, &[]);
                }
            }
            _ => {}
        }
        self.note(&before, Cause::Others);
    }

    fn note(&self, before: &[FakeAccount], cause: Cause<'_>) {
        let after = self.remote.accounts();
        self.ledger(|ledger| ledger.note(before, &after, cause));
    }

    pub(super) fn account(&self, id: &ThreeDEyeUserId) -> Option<FakeAccount> {
        self.remote.accounts().into_iter().find(|account| account.id == *id)
    }

    /// Whatever has the address, in our customer or another one.
    pub(super) fn at(&self, address: &str) -> Option<FakeAccount> {
        self.remote.accounts().into_iter().find(|account| address_of(account) == address)
    }

    pub(super) fn roles(&self) -> Vec<RemoteRole> {
        at_once(self.remote.roles()).unwrap()
    }

    /// Is there such a role?
    pub(super) fn knows(&self, role: &ThreeDEyeRoleId) -> bool {
        self.roles().iter().any(|known| known.id == *role)
    }
}
