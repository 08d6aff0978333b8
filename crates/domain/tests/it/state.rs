//! A person folded from events, beside the same person projected into views.

use std::collections::BTreeMap;
use std::time::Duration;

use portcullis_domain::access::{
    AccessLevel, AccessRefusal, AddAccess, Grant, GrantState, RemoveAccess, Window, add, remove,
};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::{Envelope, Event, Position, Version};
use portcullis_domain::ids::{LockId, ThreeDEyeUserId, UserId};
use portcullis_domain::projection::{ViewChange, project};
use portcullis_domain::threedeye::{ThreeDEyeProvisioned, ThreeDEyeRemoteDeleted, ThreeDEyeReset};
use portcullis_domain::totp::{BackupCodesRegenerated, EmailFactorEnabled, TotpDisabled, TotpEnrolled, TotpReset};
use portcullis_domain::user::{AccountAdded, PasswordSet, Role, UserCreated, UserDeleted, UserState, UserStatus};
use portcullis_testkit::build::{CommitBuilder, NOON, a_commit, a_user_id, free, lock_id};
use proptest::prelude::*;

fn folded(user: UserId, events: impl IntoIterator<Item = Event>) -> UserState {
    let commit = events.into_iter().fold(a_commit().on(user, Version::NONE), CommitBuilder::event);
    UserState::fold(&commit.build().envelopes(Position::START))
}

#[test]
fn nobody_yet_has_no_state() {
    assert_eq!(UserState::fold([]), UserState::default());
    assert_eq!(UserState::default().status, None);
}

#[test]
fn a_person_has_the_status_and_roles_it_was_given() {
    let user = a_user_id();
    let roles = [Role::Admin].into();
    let state = folded(
        user,
        [
            UserCreated { user_id: user, status: UserStatus::Suspended }.into(),
            AccountAdded { user_id: user, roles }.into(),
            PasswordSet { user_id: user, sessions_ended: 1 }.into(),
        ],
    );
    let expected = UserState {
        version: Version::new(3),
        status: Some(UserStatus::Suspended),
        roles: Some([Role::Admin].into()),
        ..UserState::default()
    };
    assert_eq!(state, expected);
}

#[test]
fn totp_is_in_use_between_enrolment_and_its_end() {
    let user = a_user_id();
    let enrolled: Event = TotpEnrolled { user_id: user }.into();
    let reset = TotpReset { user_id: user, had_totp: true, had_pending: false, backup_codes: 0, sessions_ended: 0 };
    let in_use = |events: Vec<Event>| folded(user, events).totp_enrolled;
    assert!(in_use(vec![enrolled.clone()]));
    assert!(in_use(vec![enrolled.clone(), BackupCodesRegenerated { user_id: user }.into()]));
    assert!(!in_use(vec![enrolled.clone(), TotpDisabled { user_id: user }.into()]));
    assert!(!in_use(vec![enrolled.clone(), reset.clone().into()]));
    assert!(in_use(vec![enrolled.clone(), reset.into(), enrolled]));
}

#[test]
fn a_camera_account_is_the_one_named_last() {
    let user = a_user_id();
    let id = |text: &str| ThreeDEyeUserId::parse(text).ok();
    let provisioned = |text: &str| an_account(user, id(text));
    let untouched = ThreeDEyeReset {
        user_id: user,
        clear_mapping: false,
        delete_remote: false,
        reprovision: false,
        cleared_mapping: false,
        cleared_recovery: false,
        deleted_threedeye_user_id: None,
        not_visible: false,
        dropped_role_ids: Vec::new(),
        threedeye_user_id: None,
        error: None,
    };
    let cleared = ThreeDEyeReset { cleared_mapping: true, ..untouched.clone() };
    let deleted = ThreeDEyeReset { deleted_threedeye_user_id: id("3d-1"), ..untouched.clone() };
    let anew = ThreeDEyeReset { threedeye_user_id: id("3d-2"), ..cleared.clone() };
    for (reset, expected) in [(untouched, id("3d-1")), (cleared, None), (deleted, None), (anew, id("3d-2"))] {
        let state = folded(user, [provisioned("3d-1"), reset.into()]);
        assert_eq!(state.camera_account, expected);
    }
    assert_eq!(folded(user, [provisioned("3d-1"), provisioned("")]).camera_account, None, "3dEye did not say");
    for (gone, left) in [("3d-1", None), ("3d-0", id("3d-1"))] {
        let threedeye_user_id = id(gone).unwrap();
        let gone = ThreeDEyeRemoteDeleted { user_id: user, threedeye_user_id, role_ids: Vec::new() };
        assert_eq!(folded(user, [provisioned("3d-1"), gone.into()]).camera_account, left);
    }
}

fn an_account(user: UserId, threedeye_user_id: Option<ThreeDEyeUserId>) -> Event {
    let (role_ids, missing_role_ids) = (Vec::new(), Vec::new());
    ThreeDEyeProvisioned { user_id: user, threedeye_user_id, role_ids, missing_role_ids }.into()
}

#[test]
fn nothing_is_left_of_who_was_deleted_but_the_status() {
    let user = a_user_id();
    let camera = ThreeDEyeUserId::parse("3d-1").ok();
    let state = folded(
        user,
        [
            UserCreated { user_id: user, status: UserStatus::Active }.into(),
            AccountAdded { user_id: user, roles: [Role::User].into() }.into(),
            TotpEnrolled { user_id: user }.into(),
            EmailFactorEnabled { user_id: user }.into(),
            an_account(user, camera),
            UserDeleted { user_id: user, sessions_ended: 1 }.into(),
        ],
    );
    let expected = UserState { version: Version::new(6), status: Some(UserStatus::Deleted), ..UserState::default() };
    assert_eq!(state, expected);
}

/// What may happen to a person's list of locks.
#[derive(Debug, Clone)]
enum Step {
    Add { lock: u8, from: Option<i64>, until: Option<i64> },
    Remove { lock: u8 },
    Clock { millis: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Few locks and short windows on a short stretch of time, so that boundaries are met often.
    let edge = || prop::option::of(-20_i64..20);
    let step = prop_oneof![
        4 => (0_u8..3, edge(), edge()).prop_map(|(lock, from, until)| Step::Add { lock, from, until }),
        2 => (0_u8..3).prop_map(|lock| Step::Remove { lock }),
        2 => (-8_i64..12).prop_map(|millis| Step::Clock { millis }),
    ];
    prop::collection::vec(step, 1..60)
}

/// The view's side: grants as `project` says.
fn projected(view: &mut BTreeMap<LockId, Grant>, envelope: &Envelope) {
    for change in project(envelope) {
        match change {
            ViewChange::Grant(row) => drop(view.insert(row.grant.lock.clone(), row.grant)),
            ViewChange::GrantGone { lock, .. } => assert!(view.remove(&lock).is_some(), "what leaves was there"),
            other => panic!("{other:?} is no change of a grant"),
        }
    }
}

struct World {
    user: UserId,
    now: Timestamp,
    state: UserState,
    view: BTreeMap<LockId, Grant>,
    position: Position,
}

impl World {
    fn record(&mut self, events: Vec<Event>) {
        let commit = events.into_iter().fold(a_commit().on(self.user, self.state.version), CommitBuilder::event);
        for envelope in commit.at(self.now).build().envelopes(self.position) {
            self.position = envelope.position;
            self.state.apply(&envelope);
            projected(&mut self.view, &envelope);
        }
    }

    fn grant_state(&self, lock: &LockId) -> Option<GrantState> {
        self.state.grants.get(lock).map(|grant| grant.state(self.now))
    }

    fn add(&mut self, lock: &LockId, window: Window) -> Result<(), AccessRefusal> {
        let command = AddAccess {
            user: self.user,
            lock: lock.clone(),
            lock_name: free("Door"),
            access_level: AccessLevel::User,
            granted_by: free("the owner"),
            window,
        };
        let events = add(&command, self.state.grants.get(lock), self.now)?;
        self.record(events);
        Ok(())
    }

    fn remove(&mut self, lock: &LockId) -> Result<(), AccessRefusal> {
        let command =
            RemoveAccess { user: self.user, lock: lock.clone(), removed_by: free("the desk"), reason: free("left") };
        let events = remove(&command, self.state.grants.get(lock), self.now)?;
        self.record(events);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever is accepted, the folded state and the projected view show the same list, and it is the one the answers
    /// promised.
    #[test]
    fn state_and_view_never_part(steps in steps()) {
        let mut world = World {
            user: a_user_id(),
            now: NOON,
            state: UserState::default(),
            view: BTreeMap::new(),
            position: Position::START,
        };
        let edge = |offset: i64| Timestamp::from_unix_millis(NOON.unix_millis() + offset);
        for step in steps {
            let version = world.state.version;
            match step {
                Step::Clock { millis: by } if by < 0 => world.now = world.now.minus(Duration::from_millis(by.unsigned_abs())),
                Step::Clock { millis: by } => world.now = world.now.plus(Duration::from_millis(by.unsigned_abs())),
                Step::Add { lock, from, until } => {
                    let Ok(window) = Window::new(from.map(edge), until.map(edge)) else { continue };
                    let lock = lock_id(&lock.to_string());
                    let before = world.grant_state(&lock);
                    match world.add(&lock, window) {
                        Ok(()) => {
                            prop_assert!(matches!(before, None | Some(GrantState::Expired)));
                            let grant = &world.state.grants[&lock];
                            prop_assert_eq!((grant.window, grant.granted_at), (window, world.now));
                            prop_assert_ne!(grant.state(world.now), GrantState::Expired);
                        }
                        Err(AccessRefusal::AlreadyGranted) => {
                            prop_assert!(matches!(before, Some(GrantState::Active | GrantState::Scheduled)));
                        }
                        Err(refusal) => {
                            prop_assert_eq!(refusal, AccessRefusal::WindowOver);
                            prop_assert!(window.until().is_some_and(|until| until <= world.now));
                        }
                    }
                    let more = u64::from(world.state.version != version);
                    let expired = u64::from(more == 1 && before == Some(GrantState::Expired));
                    prop_assert_eq!(world.state.version.number(), version.number() + more + expired);
                }
                Step::Remove { lock } => {
                    let lock = lock_id(&lock.to_string());
                    let before = world.grant_state(&lock);
                    match world.remove(&lock) {
                        Ok(()) => prop_assert!(!world.state.grants.contains_key(&lock)),
                        Err(refusal) => {
                            prop_assert_eq!(refusal, AccessRefusal::NotGranted);
                            prop_assert!(matches!(before, None | Some(GrantState::Expired)));
                            prop_assert_eq!(world.state.version, version, "a refusal records nothing");
                        }
                    }
                }
            }
            prop_assert_eq!(&world.state.grants, &world.view);
            prop_assert_eq!(world.state.version.number(), world.position.number());
        }
    }
}
