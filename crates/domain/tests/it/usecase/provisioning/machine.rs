//! People, those who act on their camera accounts at the same time, and what happens to these.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use portcullis_domain::commit::PrivateChange;
use portcullis_domain::event::{Position, StreamId};
use portcullis_domain::ids::{CameraRoleId, ThreeDEyeRoleId, UserId};
use portcullis_domain::port::{CameraRoles, EventStore, ThreeDEyeAccounts};
use portcullis_domain::threedeye::AccountState;
use portcullis_domain::usecase::threedeye::CameraPorts;
use portcullis_domain::user::{ContactAction, Person, Profile, UserEmailUpdated, Voucher};
use portcullis_testkit::build::{a_commit, a_person, email};

use super::act::{Act, Fate, Other, Write};
use super::cast::{ADDRESSES, PLAIN, SLOTS, Who, at_once, camera_role, plain};
use super::desk::Writes;
use super::there::There;
use super::work::{Ended, Task};
use crate::usecase::camera::FindPerson;
use crate::usecase::world::World;

/// What is broken.
pub(super) type Broken = String;
pub(super) type Holds = Result<(), Broken>;

/// More than any flow takes, waiting included.
pub(super) const ENOUGH: usize = 1000;
const AT_ONCE: usize = 4;

/// Where the story begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beginning {
    pub(super) people: usize,
    /// Does staff stand for the addresses?
    pub(super) vouched: bool,
    /// What is there already.
    pub(super) there: Option<Other>,
    /// Is there a camera role, with everybody in it?
    pub(super) in_role: bool,
}

/// What is put between the use cases and their ports.
pub(super) type Plant = fn(CameraPorts) -> CameraPorts;

/// Somebody puts a person into a role.
pub(super) struct Assigning {
    pub(super) task: u64,
    pub(super) who: Who,
    pub(super) role: CameraRoleId,
    pub(super) until: Option<u64>,
}

pub(super) struct Machine {
    pub(super) world: World,
    pub(super) people: Vec<UserId>,
    pub(super) there: Arc<There>,
    pub(super) writes: Arc<Writes>,
    pub(super) plant: Plant,
    pub(super) tasks: Vec<Task>,
    pub(super) assigning: Vec<Assigning>,
    /// How many camera roles of a slot were deleted, and whether the present one was asked for.
    pub(super) slots: [(usize, bool); SLOTS],
    /// Events and commits looked at.
    pub(super) read: Position,
    pub(super) written: usize,
    pub(super) seen: BTreeMap<String, u64>,
}

impl Machine {
    pub(super) fn new(beginning: Beginning, plant: Plant) -> Result<Self, Broken> {
        let world = World::new();
        let mut people = vec![];
        for (who, name) in ["Ada", "Bob"].iter().enumerate().take(beginning.people) {
            people.push(at_once(a_person().named(name, "Lovelace").email(ADDRESSES[who]).put(world.store.as_ref())));
        }
        let mut machine = Self {
            world,
            people,
            there: Arc::new(There::new()),
            writes: Arc::default(),
            plant,
            tasks: vec![],
            assigning: vec![],
            slots: [(0, false); SLOTS],
            read: Position::START,
            written: usize::MAX,
            seen: BTreeMap::new(),
        };
        for who in 0..beginning.people {
            machine.has_address(who, who, beginning.vouched);
        }
        if let Some(other) = beginning.there {
            machine.there.behind(other, machine.meant(other));
        }
        machine.holds()?;
        if beginning.in_role {
            let mut first = vec![machine.creates_role(0)];
            first.extend((0..beginning.people).map(|who| machine.assigns(who, 0)));
            for mut task in first {
                machine.goes(&mut task, ENOUGH)?;
            }
        }
        Ok(machine)
    }

    pub(super) fn count(&mut self, what: impl Into<String>) {
        *self.seen.entry(what.into()).or_default() += 1;
    }

    pub(super) fn camera_role(&self, slot: usize) -> CameraRoleId {
        camera_role(slot, self.slots[slot].0)
    }

    /// The role of a camera role at 3dEye, when it is one.
    pub(super) fn remote_role(&self, role: &CameraRoleId) -> Option<ThreeDEyeRoleId> {
        at_once(CameraRoles::find(self.world.store.as_ref(), role)).unwrap().map(|role| role.threedeye_role)
    }

    /// The role at 3dEye that is meant.
    fn meant(&self, other: Other) -> Option<ThreeDEyeRoleId> {
        match other.role()? {
            n if n < PLAIN => Some(plain(n)),
            n => self.remote_role(&self.camera_role(n - PLAIN)),
        }
    }

    pub(super) fn state(&self, who: Who) -> AccountState {
        at_once(ThreeDEyeAccounts::find(self.world.store.as_ref(), self.people[who])).unwrap()
    }

    /// The person has this address, and somebody stands for it or not.
    fn has_address(&self, who: Who, to: usize, vouched: bool) {
        let store = self.world.store.as_ref();
        let Person { version, org, profile, .. } = at_once(store.find_person(self.people[who]));
        let email_voucher = if vouched { Voucher::Token } else { Voucher::Nobody };
        let profile = Profile { email: Some(email(ADDRESSES[to])), email_voucher, ..profile };
        let told = UserEmailUpdated {
            user_id: self.people[who],
            action: ContactAction::Set,
            masked_email: None,
            timestamp: self.world.clock_now(),
        };
        let commit = a_commit().on(StreamId::from(self.people[who]), version).of(org).event(told);
        at_once(commit.private(PrivateChange::Profile(profile)).put(store as &dyn EventStore));
        self.there.ledger(|ledger| {
            let person = &mut ledger.people[who];
            (person.address, person.stands) = (ADDRESSES[to].to_owned(), vouched);
        });
        self.leaves_behind(who);
    }

    /// An account that neither the person's address nor our rows lead to any more is nobody's.
    pub(super) fn leaves_behind(&self, who: Who) {
        let state = self.state(who);
        let left = self.there.ledger(|ledger| {
            ledger.people[who].learns(&state);
            ledger.leaves_behind(who)
        });
        for account in left.iter().filter_map(|id| self.there.account(id)) {
            self.there.ledger(|ledger| ledger.people[who].leaves_behind(&account.roles));
        }
    }

    fn moves(&mut self, who: Who, to: usize, vouched: bool) {
        let taken = |ledger: &mut super::ledger::Ledger| ledger.people.iter().any(|one| one.address == ADDRESSES[to]);
        if who < self.people.len() && !self.there.ledger(taken) {
            self.has_address(who, to, vouched);
            self.count("act: moved");
        }
    }

    /// Somebody goes to work.
    fn begins(&mut self, act: Act) -> Option<Task> {
        match act {
            Act::Fetch { who, token } => Some(self.fetches(who, token)),
            Act::Reset { who, switches } => Some(self.resets(who, switches)),
            Act::CreateRole(slot) => Some(self.creates_role(slot)),
            Act::AssignUser { who, slot } => Some(self.assigns(who, slot)),
            Act::RemoveUser { who, slot } => Some(self.removes(who, slot)),
            Act::DeleteRole(slot) => Some(self.deletes_role(slot)),
            Act::Repair { nth, delete_remote } => Some(self.repairs(nth, delete_remote)),
            _ => None,
        }
    }

    pub(super) fn does(&mut self, act: Act) -> Holds {
        match act {
            Act::Moves { who, to, vouched } => self.moves(who, to, vouched),
            Act::Goes { task, steps, call, commit } => {
                if self.tasks.is_empty() {
                    return Ok(());
                }
                let mut task = self.tasks.remove(task % self.tasks.len());
                self.there.foresee(call.0, call.1);
                self.writes.foresee(commit.0, commit.1);
                if self.goes(&mut task, steps)?.is_none() {
                    self.tasks.push(task);
                }
                self.there.foresee(0, Fate::Well);
                self.writes.foresee(0, Write::Well);
            }
            Act::Dies { task, sends } if !self.tasks.is_empty() => {
                self.there.sends_when_dying(sends);
                let task = self.tasks.remove(task % self.tasks.len());
                self.is_over(&task);
                self.count("died");
            }
            Act::Lands(nth) => {
                if let Some(landed) = self.there.lands(nth) {
                    self.count("landed late");
                    self.count(format!("landed late: {landed}"));
                }
            }
            Act::LeaseEnds => self.world.clock.advance(Duration::from_mins(1)),
            Act::Behind(other) => self.there.behind(other, self.meant(other)),
            act if self.tasks.len() < AT_ONCE => {
                if let Some(task) = self.begins(act) {
                    self.count(format!("act: {}", task.name()));
                    self.tasks.push(task);
                }
            }
            _ => {}
        }
        self.holds()
    }

    /// Goes on for some steps; answers how it ended, if it did.
    pub(super) fn goes(&mut self, task: &mut Task, steps: usize) -> Result<Option<Ended>, Broken> {
        for _ in 0..steps {
            self.there.tick();
            let polled = task.work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            self.holds()?;
            if let Poll::Ready(ended) = polled {
                let told = self.told(task, &ended);
                self.is_over(task);
                told?;
                self.holds()?;
                return Ok(Some(ended));
            }
        }
        Ok(None)
    }

    fn is_over(&mut self, task: &Task) {
        let now = self.there.tick();
        self.assigning.iter_mut().filter(|one| one.task == task.since).for_each(|one| one.until = Some(now));
    }
}
