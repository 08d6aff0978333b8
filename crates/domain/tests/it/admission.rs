//! Judging the members of a batch.

use portcullis_domain::commit::{
    Admission, Claim, ClaimChange, ClaimNamespace, Commit, Facts, Guard, GuardKey, Needs, Recalled,
};
use portcullis_domain::event::{Position, StreamId, Version};
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::port::CommitError;
use portcullis_domain::secret::Secret;
use portcullis_testkit::build::{
    CommitBuilder, NOON, a_commit, a_lock_event, a_user_id, an_answer, email, lock_id, user_name,
};

fn on(lock: &LockId, expected: u64) -> CommitBuilder {
    a_commit().on(lock, Version::new(expected)).event(a_lock_event(lock))
}

fn take(name: &str, owner: UserId) -> ClaimChange {
    ClaimChange::Take { claim: Claim::UserName(user_name(name)), owner }
}

fn release(name: &str, owner: UserId) -> ClaimChange {
    ClaimChange::Release { claim: Claim::UserName(user_name(name)), owner }
}

fn admit(admission: &mut Admission, commit: CommitBuilder) -> Result<Option<Position>, CommitError> {
    admission.admit(&commit.build())
}

fn nothing() -> Admission {
    Admission::new(Facts::default())
}

#[test]
fn needs_name_each_thing_once() {
    let (door, gate, ada) = (lock_id("door"), lock_id("gate"), a_user_id());
    let guard = Guard::still(GuardKey::ThreeDEye(ada), 0);
    let first = on(&door, 0).unchanged(&gate, Version::NONE).claim(take("Ada", ada)).guard(guard).build();
    let second = on(&door, 1).claim(release("aDA", ada)).guard(guard).answer(an_answer(4, 1, "x", NOON)).build();
    let needs = Needs::of([&first, &second]);
    assert_eq!(needs.commits, [first.id, second.id].into());
    assert_eq!(needs.streams, [StreamId::from(&door), StreamId::from(&gate)].into());
    assert_eq!(needs.claims, [(ClaimNamespace::UserName, "ada".to_owned())].into());
    assert_eq!(needs.guards, [GuardKey::ThreeDEye(ada)].into());
    assert_eq!(needs.scopes, [[4; 32]].into());
}

#[test]
fn positions_run_on_from_the_newest_event() {
    let (door, gate) = (lock_id("door"), lock_id("gate"));
    let mut admission = Admission::new(Facts { position: Position::new(7), ..Facts::default() });
    assert_eq!(admit(&mut admission, on(&door, 0).event(a_lock_event(&door))).unwrap(), Some(Position::new(7)));
    assert_eq!(admit(&mut admission, a_commit()).unwrap(), Some(Position::new(9)));
    admit(&mut admission, on(&gate, 5)).unwrap_err();
    assert_eq!(admit(&mut admission, on(&gate, 0)).unwrap(), Some(Position::new(9)));
    assert_eq!(admit(&mut admission, on(&door, 2)).unwrap(), Some(Position::new(10)));
}

#[test]
fn a_member_sees_the_versions_of_those_before_it() {
    let (door, gate) = (lock_id("door"), lock_id("gate"));
    let mut admission =
        Admission::new(Facts { versions: [(StreamId::from(&door), Version::new(3))].into(), ..Facts::default() });
    let conflict = |answer| matches!(answer, Err(CommitError::Conflict { stream }) if stream == StreamId::from(&door));
    assert!(conflict(admit(&mut admission, on(&door, 2))));
    assert!(conflict(admit(&mut admission, on(&door, 4))), "a gap is a conflict, too");
    admit(&mut admission, on(&gate, 0).unchanged(&door, Version::new(3))).unwrap();
    admit(&mut admission, on(&door, 3)).unwrap();
    assert!(conflict(admit(&mut admission, on(&door, 3))));
    assert!(conflict(admit(&mut admission, a_commit().unchanged(&door, Version::new(3)))));
    admit(&mut admission, a_commit().unchanged(&door, Version::new(4))).unwrap();
}

#[test]
fn a_member_sees_the_names_of_those_before_it() {
    let (ada, bob) = (a_user_id(), a_user_id());
    let key = (ClaimNamespace::UserName, "desk".to_owned());
    let mut admission = Admission::new(Facts { claims: [(key, ada)].into(), ..Facts::default() });
    let taken = |answer| matches!(answer, Err(CommitError::Taken { namespace: ClaimNamespace::UserName }));
    assert!(taken(admit(&mut admission, a_commit().claim(take("DESK", bob)))));
    admit(&mut admission, a_commit().claim(take("Desk", ada))).unwrap();
    admit(&mut admission, a_commit().claim(release("desk", bob))).unwrap();
    assert!(taken(admit(&mut admission, a_commit().claim(take("desk", bob)))), "only the owner lets a name go");
    admit(&mut admission, a_commit().claim(release("desk", ada))).unwrap();
    admit(&mut admission, a_commit().claim(take("desk", bob))).unwrap();
    assert!(taken(admit(&mut admission, a_commit().claim(take("desk", ada)))));
    let address = ClaimChange::Take { claim: Claim::Email(email("desk@example.com")), owner: ada };
    admit(&mut admission, a_commit().claim(address)).unwrap();
}

#[test]
fn a_member_sees_the_numbers_of_those_before_it() {
    let ada = a_user_id();
    let key = GuardKey::SecondFactor(ada);
    let mut admission = Admission::new(Facts { guards: [(key, 5)].into(), ..Facts::default() });
    let lost = |answer| matches!(answer, Err(CommitError::Lost { what: GuardKey::SecondFactor(_) }));
    assert!(lost(admit(&mut admission, a_commit().guard(Guard::raise(key, 0)))));
    admit(&mut admission, a_commit().guard(Guard::still(key, 5))).unwrap();
    admit(&mut admission, a_commit().guard(Guard::raise(key, 5))).unwrap();
    assert!(lost(admit(&mut admission, a_commit().guard(Guard::raise(key, 5)))));
    admit(&mut admission, a_commit().guard(Guard::still(key, 6))).unwrap();
    admit(&mut admission, a_commit().guard(Guard::raise(GuardKey::CredentialEpoch(ada), 0))).unwrap();
}

#[test]
fn a_member_sees_the_answers_of_those_before_it() {
    let known = Recalled { body: [8; 32], outcome: Secret::new("known".to_owned()) };
    let mut admission = Admission::new(Facts { answers: [([1; 32], known.clone())].into(), ..Facts::default() });
    let mut told = |scope| match admit(&mut admission, a_commit().answer(an_answer(scope, 9, "new", NOON))) {
        Err(CommitError::AlreadyDone(told)) => Some(*told),
        other => {
            other.unwrap();
            None
        }
    };
    assert_eq!(told(1), Some(known));
    assert_eq!(told(2), None);
    assert_eq!(told(2), Some(Recalled { body: [9; 32], outcome: Secret::new("new".to_owned()) }));
}

#[test]
fn a_commit_written_already_is_left_alone_whatever_has_changed() {
    let door = lock_id("door");
    let commit: Commit = on(&door, 0).answer(an_answer(1, 1, "first", NOON)).build();
    let mut admission = nothing();
    assert_eq!(admission.admit(&commit).unwrap(), Some(Position::START));
    assert_eq!(admission.admit(&commit).unwrap(), None, "within one batch");
    let mut admission = Admission::new(Facts { written: [commit.id].into(), ..Facts::default() });
    assert_eq!(admission.admit(&commit).unwrap(), None, "and across two");
    assert_eq!(admit(&mut admission, on(&door, 0)).unwrap(), Some(Position::START), "it moved nothing");
}

#[test]
fn a_refused_member_leaves_no_trace() {
    let (door, ada, bob) = (lock_id("door"), a_user_id(), a_user_id());
    let key = GuardKey::ThreeDEye(ada);
    let whole = |owner, expected| {
        on(&door, expected).claim(take("desk", owner)).guard(Guard::raise(key, 0)).answer(an_answer(1, 1, "x", NOON))
    };
    let refused = whole(ada, 1).build();
    let mut admission = nothing();
    admission.admit(&refused).unwrap_err();
    assert_eq!(admit(&mut admission, whole(bob, 0)).unwrap(), Some(Position::START));
    let again = admission.admit(&refused);
    assert!(matches!(again, Err(CommitError::AlreadyDone(_))), "judged anew, not taken for written: {again:?}");
}

#[test]
fn reasons_are_looked_for_in_order() {
    let (door, ada, bob) = (lock_id("door"), a_user_id(), a_user_id());
    let key = GuardKey::ThreeDEye(ada);
    let mut admission = nothing();
    let first = on(&door, 0).claim(take("desk", ada)).guard(Guard::raise(key, 0)).answer(an_answer(1, 1, "x", NOON));
    admit(&mut admission, first).unwrap();
    let taken = a_commit().claim(take("desk", bob));
    assert!(matches!(admit(&mut admission, taken.clone()), Err(CommitError::Taken { .. })));
    let lost = taken.guard(Guard::still(key, 0));
    assert!(matches!(admit(&mut admission, lost.clone()), Err(CommitError::Lost { .. })));
    let conflict = lost.unchanged(&door, Version::NONE);
    assert!(matches!(admit(&mut admission, conflict.clone()), Err(CommitError::Conflict { .. })));
    let done = conflict.answer(an_answer(1, 1, "y", NOON));
    assert!(matches!(admit(&mut admission, done), Err(CommitError::AlreadyDone(_))));
}
