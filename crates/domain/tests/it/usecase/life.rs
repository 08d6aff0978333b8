//! Any life of an access: grants, removals, windows, suspensions, reactivations, and a clock that also steps back.

use std::collections::BTreeMap;
use std::time::Duration;

use portcullis_domain::access::{AccessLevel, AddAccess, Grant, GrantState, RemoveAccess, Window};
use portcullis_domain::clock::{Clock, Timestamp};
use portcullis_domain::event::{Envelope, StreamId};
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::port::{LockAccess, UserRepository};
use portcullis_domain::usecase::access::{AccessibleLocks, AddAccessibleLock, RemoveAccessibleLock};
use portcullis_domain::usecase::user::{ReactivatePerson, SuspendPerson};
use portcullis_domain::usecase::{Done, Outcome, UseCaseError};
use portcullis_domain::user::{ReactivateUser, SuspendUser, UserState, UserStatus};
use portcullis_testkit::build::{NOON, a_person, free, lock_id};
use proptest::prelude::*;

use super::world::{World, request, staff};

#[derive(Debug, Clone)]
enum Step {
    Add { lock: u8, from: Option<i64>, until: Option<i64> },
    Remove { lock: u8 },
    Suspend,
    Reactivate,
    Clock { millis: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Few locks and short windows on a short stretch of time, so that boundaries are met often.
    let edge = || prop::option::of(-20_i64..20);
    let step = prop_oneof![
        4 => (0_u8..3, edge(), edge()).prop_map(|(lock, from, until)| Step::Add { lock, from, until }),
        2 => (0_u8..3).prop_map(|lock| Step::Remove { lock }),
        1 => Just(Step::Suspend),
        1 => Just(Step::Reactivate),
        3 => (-8_i64..12).prop_map(|millis| Step::Clock { millis }),
    ];
    prop::collection::vec(step, 1..40)
}

fn beginnings() -> impl Strategy<Value = UserStatus> {
    prop_oneof![3 => Just(UserStatus::Active), 1 => Just(UserStatus::Inactive), 1 => Just(UserStatus::Suspended)]
}

/// What a person is expected to have, told from the answers alone.
struct Model {
    status: UserStatus,
    /// The window of every grant not taken away, over or not.
    windows: BTreeMap<LockId, Window>,
    version: u64,
}

impl Model {
    fn is_over(&self, lock: &LockId, now: Timestamp) -> Option<bool> {
        self.windows.get(lock).map(|window| window.until().is_some_and(|until| until <= now))
    }

    /// One step, with whether it is to be accepted and how many events it is to leave.
    fn take(&mut self, step: &Step, now: Timestamp) -> (bool, u64) {
        match step {
            Step::Add { lock, from, until } => {
                let (lock, window) = (lock_id(&lock.to_string()), window(*from, *until).expect("a window"));
                let over = self.is_over(&lock, now);
                if window.until().is_some_and(|until| until <= now) || over == Some(false) {
                    return (false, 0);
                }
                self.windows.insert(lock, window);
                (true, if over.is_some() { 2 } else { 1 })
            }
            Step::Remove { lock } => {
                let lock = lock_id(&lock.to_string());
                if self.is_over(&lock, now) != Some(false) {
                    return (false, 0);
                }
                self.windows.remove(&lock);
                (true, 1)
            }
            Step::Suspend | Step::Reactivate if self.status == UserStatus::Inactive => (false, 0),
            Step::Suspend => (true, self.becomes(UserStatus::Suspended)),
            Step::Reactivate => (true, self.becomes(UserStatus::Active)),
            Step::Clock { .. } => (true, 0),
        }
    }

    fn becomes(&mut self, status: UserStatus) -> u64 {
        let changes = u64::from(self.status != status);
        self.status = status;
        changes
    }
}

fn window(from: Option<i64>, until: Option<i64>) -> Option<Window> {
    let edge = |offset: i64| Timestamp::from_unix_millis(NOON.unix_millis() + offset);
    Window::new(from.map(edge), until.map(edge)).ok()
}

fn accepted<R: std::error::Error>(answer: Result<Outcome<Done>, UseCaseError<R>>) -> Option<Done> {
    match answer {
        Ok(outcome) => Some(outcome.value),
        Err(UseCaseError::Refused { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

impl World {
    /// What the service answers; none when it refuses.
    async fn takes(&self, user: UserId, step: &Step) -> Option<Done> {
        let (request, store) = (request(staff()), || self.store.clone());
        let (reason, by) = (free("a reason"), free("the desk"));
        match step {
            Step::Add { lock, from, until } => {
                let command = AddAccess {
                    user,
                    lock: lock_id(&lock.to_string()),
                    lock_name: free("Door"),
                    access_level: AccessLevel::User,
                    granted_by: by,
                    window: window(*from, *until).expect("a window"),
                };
                accepted(AddAccessibleLock::new(self.commands(), store()).execute(&request, command).await)
            }
            Step::Remove { lock } => {
                let command = RemoveAccess { user, lock: lock_id(&lock.to_string()), removed_by: by, reason };
                accepted(RemoveAccessibleLock::new(self.commands(), store()).execute(&request, command).await)
            }
            Step::Suspend => {
                let suspending = SuspendPerson::new(self.commands(), store(), store());
                accepted(suspending.execute(&request, SuspendUser { user, reason, by }).await)
            }
            Step::Reactivate => {
                let reactivating = ReactivatePerson::new(self.commands(), store());
                accepted(reactivating.execute(&request, ReactivateUser { user, reason, by }).await)
            }
            Step::Clock { millis } if *millis < 0 => {
                self.clock.step_back(Duration::from_millis(millis.unsigned_abs()));
                None
            }
            Step::Clock { millis } => {
                self.clock.advance(Duration::from_millis(millis.unsigned_abs()));
                None
            }
        }
    }

    /// Folded events, views and model are one person.
    async fn agrees(&self, user: UserId, model: &Model) {
        let stream = StreamId::from(user);
        let history: Vec<Envelope> =
            self.store.envelopes().into_iter().filter(|envelope| envelope.stream() == stream).collect();
        for (expected, envelope) in (1..).zip(&history) {
            assert_eq!(envelope.version.number(), expected, "versions are contiguous, whatever the clock does");
        }
        let state = UserState::fold(&history);
        let person = UserRepository::find(self.store.as_ref(), user).await.unwrap().unwrap();
        let list = self.store.grants_of(user).await.unwrap().unwrap();
        let kept: BTreeMap<LockId, Grant> =
            list.grants.into_iter().map(|(grant, _)| (grant.lock.clone(), grant)).collect();
        assert_eq!((state.version, state.status), (person.version, Some(person.status)));
        assert_eq!(state.grants, kept);
        assert_eq!((state.version.number(), person.status), (model.version, model.status));
        let windows: BTreeMap<_, _> = kept.iter().map(|(lock, grant)| (lock.clone(), grant.window)).collect();
        assert_eq!(windows, model.windows, "nothing is lost by a suspension, nothing taken away comes back");
    }

    /// What is listed now: everything that is not over, and all of it worth nothing while the person may not act.
    async fn lists(&self, user: UserId, model: &Model) {
        let now = self.clock.now();
        let reading = AccessibleLocks::new(self.store.clone(), self.clock.clone());
        let listed = reading.execute(&staff(), user).await.unwrap().grants;
        let mut expected = BTreeMap::new();
        for (lock, window) in &model.windows {
            let state = match (window.from(), window.until()) {
                (_, Some(until)) if until <= now => continue,
                _ if model.status != UserStatus::Active => GrantState::Suspended,
                (Some(from), _) if now < from => GrantState::Scheduled,
                _ => GrantState::Active,
            };
            expected.insert(lock.clone(), state);
        }
        let listed: BTreeMap<_, _> = listed.into_iter().map(|entry| (entry.grant.lock, entry.state)).collect();
        assert_eq!(listed, expected);
    }
}

async fn live(begins: UserStatus, steps: Vec<Step>) {
    let world = World::new();
    let user = a_person().status(begins).put(world.store.as_ref()).await;
    let mut model = Model { status: begins, windows: BTreeMap::new(), version: 1 };
    for step in steps {
        if matches!(step, Step::Add { from, until, .. } if window(from, until).is_none()) {
            continue;
        }
        let (is_accepted, events) = model.take(&step, world.clock.now());
        model.version += events;
        let done = world.takes(user, &step).await;
        if !matches!(step, Step::Clock { .. }) {
            assert_eq!(done.is_some(), is_accepted, "{step:?}");
        }
        if let Some(done) = done {
            assert_eq!((done.version.number(), done.event.is_some()), (model.version, events > 0), "{step:?}");
        }
        world.agrees(user, &model).await;
        world.lists(user, &model).await;
    }
    let live = world.store.dump_views();
    world.store.rebuild_views();
    assert_eq!(world.store.dump_views(), live);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever is accepted is folded and shown, and the rules hold at every step.
    #[test]
    fn the_rules_hold_through_any_life(begins in beginnings(), steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(live(begins, steps));
    }
}
