//! A person, those who act on her camera account at the same time, and what holds all the while.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use portcullis_domain::commit::PrivateChange;
use portcullis_domain::event::Event;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{EventStore, ThreeDEyeAccounts};
use portcullis_domain::threedeye::{AccountState, CredentialsRefusal, MappingState, ResetRefusal, ResetSwitches};
use portcullis_domain::usecase::threedeye::{
    CameraCredentials, CameraPorts, ReadCredentials, ResetReport, ResetThreeDEye,
};
use portcullis_domain::usecase::{Outcome, UseCaseError};
use portcullis_domain::user::{Profile, Voucher};
use portcullis_testkit::build::{a_commit, a_person, email};

use super::act::{Act, Fate, Other, Write};
use super::line::{Desk, Line, Patience, Writes};
use super::there::{By, EMAIL, Sender, There, at_once};
use crate::usecase::camera::FindPerson;
use crate::usecase::world::{World, person, request, staff};

/// What is broken.
pub(super) type Broken = String;
type Holds = Result<(), Broken>;

type Fetched = Result<CameraCredentials, UseCaseError<CredentialsRefusal>>;
type Reset = Result<Outcome<ResetReport>, UseCaseError<ResetRefusal>>;

/// More than any flow takes, waiting included.
const ENOUGH: usize = 1000;
const AT_ONCE: usize = 4;

enum Ended {
    Fetched(Fetched),
    Reset(Reset),
}

/// Somebody at work.
struct Task {
    since: u64,
    work: Pin<Box<dyn Future<Output = Ended>>>,
}

/// Where the story begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beginning {
    /// Does staff stand for the address?
    pub(super) vouched: bool,
    /// What is there already.
    pub(super) there: Option<Other>,
}

pub(super) struct Machine {
    world: World,
    user: UserId,
    there: Arc<There>,
    writes: Arc<Writes>,
    tasks: Vec<Task>,
    vouched: bool,
    /// We made this person's account once, or may have.
    provisioned: bool,
    /// Events and commits looked at.
    read: usize,
    written: usize,
    pub(super) seen: BTreeMap<String, u64>,
}

impl Machine {
    pub(super) fn new(beginning: Beginning) -> Self {
        let world = World::new();
        let there = Arc::new(There::new());
        let user = at_once(a_person().named("Ada", "Lovelace").email(EMAIL).put(world.store.as_ref()));
        if !beginning.vouched {
            let profile = at_once(world.store.find_person(user)).profile;
            let profile = Profile { email_voucher: Voucher::Nobody, ..profile };
            at_once(a_commit().private(PrivateChange::Profile(profile)).put(world.store.as_ref() as &dyn EventStore));
        }
        if let Some(other) = beginning.there {
            there.behind(other);
        }
        let (writes, vouched) = (Arc::default(), beginning.vouched);
        Self {
            world,
            user,
            there,
            writes,
            tasks: vec![],
            vouched,
            provisioned: false,
            read: 0,
            written: 0,
            seen: BTreeMap::new(),
        }
    }

    fn count(&mut self, what: impl Into<String>) {
        *self.seen.entry(what.into()).or_default() += 1;
    }

    fn ports(&self, sender: Sender) -> CameraPorts {
        let desk = Arc::new(Desk::new(self.world.store.clone(), self.writes.clone()));
        let line = Arc::new(Line::new(self.there.clone(), sender));
        CameraPorts { gateway: line, timer: Arc::new(Patience), ..self.world.camera_on(desk) }
    }

    fn fetch(&self, token: bool) -> Task {
        let mut caller = person(self.user);
        caller.user.as_mut().unwrap().verified_email = token.then(|| email(EMAIL));
        let sender = Sender { entitled: token, ..Sender::default() };
        let (ask, user, reading) = (request(caller), self.user, ReadCredentials::new(self.ports(sender)));
        let work = Box::pin(async move { Ended::Fetched(reading.execute(&ask, user).await) });
        Task { since: self.there.tick(), work }
    }

    fn reset(&self, switches: ResetSwitches) -> Task {
        let sender = Sender { ordered: switches.delete_remote, ..Sender::default() };
        let (ask, user, resetting) = (request(staff()), self.user, ResetThreeDEye::new(self.ports(sender)));
        let work = Box::pin(async move { Ended::Reset(resetting.execute(&ask, user, switches).await) });
        Task { since: self.there.tick(), work }
    }

    pub(super) fn does(&mut self, act: Act) -> Holds {
        match act {
            Act::Fetch { token } if self.tasks.len() < AT_ONCE => self.tasks.push(self.fetch(token)),
            Act::Reset(switches) if self.tasks.len() < AT_ONCE => self.tasks.push(self.reset(switches)),
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
                drop(self.tasks.remove(task % self.tasks.len()));
                self.count("died");
            }
            Act::Fetch { .. } | Act::Reset(_) | Act::Dies { .. } => {}
            Act::Lands(nth) => {
                if self.there.lands(nth) {
                    self.count("landed late");
                }
            }
            Act::LeaseEnds => self.world.clock.advance(Duration::from_mins(1)),
            Act::Behind(other) => self.there.behind(other),
        }
        self.holds()
    }

    /// Goes on for some steps; answers how it ended, if it did.
    fn goes(&mut self, task: &mut Task, steps: usize) -> Result<Option<Ended>, Broken> {
        for _ in 0..steps {
            self.there.tick();
            let polled = task.work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            self.holds()?;
            if let Poll::Ready(ended) = polled {
                self.told(task.since, &ended)?;
                return Ok(Some(ended));
            }
        }
        Ok(None)
    }

    /// What somebody is told must be true.
    fn told(&mut self, since: u64, ended: &Ended) -> Holds {
        let how = match ended {
            Ended::Fetched(Ok(told)) => {
                if !self.there.opened(told.password.expose(), since) {
                    return Err("a fetch tells a password that opens nothing".to_owned());
                }
                "fetch: told".to_owned()
            }
            Ended::Fetched(Err(UseCaseError::Refused { refusal, .. })) => format!("fetch: {}", name(refusal)),
            Ended::Reset(Ok(outcome)) => match &outcome.value.reprovision.error {
                Some(_) => "reset: done but for the new account".to_owned(),
                None => "reset: done".to_owned(),
            },
            Ended::Reset(Err(UseCaseError::Refused { refusal, .. })) => format!("reset: {}", name(refusal)),
            Ended::Fetched(Err(UseCaseError::Unavailable(_))) | Ended::Reset(Err(UseCaseError::Unavailable(_))) => {
                "the database was away".to_owned()
            }
            Ended::Fetched(Err(other)) => return Err(format!("a fetch ended with {other}")),
            Ended::Reset(Err(other)) => return Err(format!("a reset ended with {other}")),
        };
        self.count(how);
        Ok(())
    }

    fn state(&self) -> AccountState {
        at_once(ThreeDEyeAccounts::find(self.world.store.as_ref(), self.user)).unwrap()
    }

    /// What holds at every moment.
    fn holds(&mut self) -> Holds {
        self.hears()?;
        let state = self.state();
        if let Some(broken) = self.there.broken().pop() {
            return Err(broken);
        }
        let claim = self.vouched || self.provisioned || state.mapping.is_some();
        self.there.learns(claim, state.recovery.as_deref());
        if let Some(mapping) = state.mapping.as_ref().filter(|mapping| mapping.state == MappingState::Live) {
            let password = mapping.password.expose();
            let account = self.there.account();
            let opens = account.as_ref().is_some_and(|account| account.password.as_ref() == Some(password));
            if !opens && self.there.ended_by(password) != Some(By::Other) {
                return Err("a live mapping to an account that is dead or never was".to_owned());
            }
            if opens && mapping.threedeye_user.as_ref().is_some_and(|id| account.is_none_or(|there| there.id != *id)) {
                return Err("a live mapping has another account's id".to_owned());
            }
        }
        let lost = self.lost(&state);
        if lost.is_empty() { Ok(()) } else { Err(format!("roles were lost: {lost:?}")) }
    }

    /// Roles the person is owed that are neither at the account nor waiting to be restored.
    fn lost(&self, state: &AccountState) -> BTreeSet<String> {
        let mut owed = self.there.owed();
        for kept in self.there.account().map(|account| account.roles).iter().chain(&state.recovery) {
            owed.retain(|role| !kept.contains(role));
        }
        owed.into_iter().map(|role| role.to_string()).collect()
    }

    /// Reads the events written since.
    fn hears(&mut self) -> Holds {
        if self.read > 0 && std::mem::replace(&mut self.written, self.writes.done()) == self.writes.done() {
            return Ok(());
        }
        let envelopes = self.world.store.envelopes();
        for envelope in &envelopes[self.read..] {
            if String::from_utf8_lossy(&envelope.to_bytes()).contains(EMAIL) && envelope.name != "UserCreated" {
                return Err(format!("an address is in {}", envelope.name));
            }
            match &envelope.event {
                Event::ThreeDEyeProvisioned(_) => self.provisioned = true,
                Event::ThreeDEyeReset(told) => {
                    self.provisioned |= told.cleared_mapping;
                    // Either waiting roles are cleared away, or those of an account that was somebody else's.
                    let drops = (told.clear_mapping && !told.reprovision) || told.deleted_threedeye_user_id.is_some();
                    if !drops && !told.dropped_role_ids.is_empty() {
                        return Err("a reset that was not to drop roles did".to_owned());
                    }
                    self.there.dropped(&told.dropped_role_ids);
                }
                _ => {}
            }
        }
        self.read = envelopes.len();
        Ok(())
    }

    /// Everybody at work dies, what is under way lands, the leases run out, and then one repeat in quiet reaches the goal.
    pub(super) fn ends(&mut self, by_reset: bool) -> Holds {
        self.there.sends_when_dying(true);
        self.tasks.clear();
        while self.there.lands(0) {}
        self.world.clock.advance(Duration::from_hours(1));
        self.holds()?;
        let state = self.state();
        let live = state.mapping.as_ref().filter(|mapping| mapping.state == MappingState::Live);
        // A mapping somebody else has made worthless is found out by nobody but a reset.
        let worthless = live.is_some_and(|mapping| self.there.ended_by(mapping.password.expose()).is_some());
        let strangers = self.there.account().is_some_and(|account| self.there.is_strangers(&account.id));
        let ours = self.vouched || self.provisioned;
        let by_reset = by_reset || worthless;
        let reachable = !self.there.is_elsewhere() && (!strangers || ours || by_reset);
        // With a row of ours we may think that what a stranger made meanwhile is what we were making.
        let unclear = strangers && !ours && state.mapping.is_some();
        let mut task = if by_reset {
            self.reset(ResetSwitches { clear_mapping: true, delete_remote: true, reprovision: true })
        } else {
            self.fetch(false)
        };
        let Some(ended) = self.goes(&mut task, ENOUGH)? else { return Err("the repeat does not end".to_owned()) };
        let failure = match &ended {
            Ended::Fetched(Ok(_)) => None,
            Ended::Fetched(Err(error)) => Some(format!("the fetch ended with {error}")),
            Ended::Reset(Ok(outcome)) => outcome.value.reprovision.error.clone(),
            Ended::Reset(Err(error)) => Some(format!("the reset ended with {error}")),
        };
        match failure {
            None if reachable || unclear => self.goal(),
            None => Err("an account was told that is not ours to tell".to_owned()),
            Some(_) if !reachable => {
                self.count("end: orphan");
                Ok(())
            }
            Some(failure) => Err(format!("one repeat did not reach the goal: {failure}")),
        }
    }

    fn goal(&mut self) -> Holds {
        let state = self.state();
        let mut task = self.fetch(false);
        let Some(Ended::Fetched(Ok(told))) = self.goes(&mut task, ENOUGH)? else {
            return Err("the account is not told after the repeat".to_owned());
        };
        let Some(account) = self.there.account() else { return Err("there is no account".to_owned()) };
        if account.password.as_ref() != Some(told.password.expose()) {
            return Err("the password does not open the account".to_owned());
        }
        if state.recovery.is_some() {
            return Err("a recovery row is left".to_owned());
        }
        let owed = self.there.owed();
        if owed.iter().any(|role| !account.roles.contains(role)) {
            return Err(format!("not all roles were restored: {owed:?}, {:?}", account.roles));
        }
        self.count("end: goal");
        for (what, count) in self.there.effects() {
            *self.seen.entry(what.to_owned()).or_default() += count;
        }
        Ok(())
    }
}

/// The variant, without what it carries.
fn name(refusal: &impl std::fmt::Debug) -> String {
    let text = format!("{refusal:?}");
    text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
}
