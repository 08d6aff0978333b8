//! What is asked of a caller, and what a code is worth.

use std::time::Duration;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{Effects, Guard, GuardKey, PrivateChange, WorkChange};
use portcullis_domain::totp::{
    Challenge, ChallengeKind, Code, Failures, Method, Occasion, Proof, SecondFactor, Totp, TotpSecret, TwoFactorPolicy,
    Verdict, challenge, judge,
};
use portcullis_domain::user::PasswordHash;
use portcullis_testkit::build::{NOON, a_totp, a_user_id};
use proptest::prelude::*;

fn policy() -> TwoFactorPolicy {
    TwoFactorPolicy::default()
}

fn factor(totp: bool, password: bool) -> SecondFactor {
    let user = a_user_id();
    SecondFactor {
        password: password.then(|| PasswordHash::new("$hash")),
        totp: totp.then(|| Totp { last_step: Some(100), ..a_totp(user) }),
        revision: 4,
        epoch: 7,
        sessions: 1,
        ..SecondFactor::empty(user)
    }
}

fn ask(state: &SecondFactor, proof: &Proof, policy: &TwoFactorPolicy) -> Option<Challenge> {
    challenge(state, proof, Occasion::Request, NOON, policy)
}

fn asked(method: Method) -> Challenge {
    Challenge { kind: ChallengeKind::Required, method, available: vec![Method::Totp], mailed: None }
}

fn told(method: Method, kind: ChallengeKind) -> Challenge {
    Challenge { kind, ..asked(method) }
}

fn forced(method: Method) -> Proof {
    Proof { code: None, forced: Some(method) }
}

/// The revision is raised, and the credentials the code was looked at with still stand.
fn revised(state: &SecondFactor) -> Vec<Guard> {
    let epoch = Guard::still(GuardKey::CredentialEpoch(state.user), state.epoch);
    vec![Guard::raise(GuardKey::SecondFactor(state.user), 4), epoch]
}

/// What is put down of a wrong code: the count and nothing else.
fn counted(state: &SecondFactor, count: u32, since: Timestamp) -> Box<Effects> {
    let failures = Failures { count, since: Some(since) };
    Box::new(Effects {
        guards: revised(state),
        work: vec![WorkChange::Failures { user: state.user, failures }],
        ..Effects::default()
    })
}

/// The document after the code is spent.
fn spent(effects: &Effects) -> Option<Totp> {
    effects.private.iter().find_map(|change| match change {
        PrivateChange::Totp(totp) => Some(totp.clone()),
        _ => None,
    })
}

#[track_caller]
fn accepted(verdict: Verdict) -> (Option<Totp>, Effects) {
    match verdict {
        Verdict::Accepted(effects) => (spent(&effects), *effects),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_strongest_method_there_is_is_asked_for() {
    let (none, off) = (Proof::default(), TwoFactorPolicy { enabled: false, ..policy() });
    let (no_totp, no_fallback) =
        (TwoFactorPolicy { totp_enabled: false, ..policy() }, TwoFactorPolicy { password_fallback: false, ..policy() });
    let method = |state: &SecondFactor, policy: &TwoFactorPolicy| ask(state, &none, policy).map(|c| c.method);
    let (both, totp, password, nothing) =
        (factor(true, true), factor(true, false), factor(false, true), factor(false, false));
    assert_eq!(method(&both, &policy()), Some(Method::Totp));
    assert_eq!(method(&totp, &no_fallback), Some(Method::Totp));
    assert_eq!(method(&password, &policy()), Some(Method::Password));
    assert_eq!(method(&both, &no_totp), Some(Method::Password));
    for (state, policy) in
        [(&password, &no_fallback), (&totp, &no_totp), (&nothing, &policy()), (&both, &off), (&password, &off)]
    {
        assert_eq!(ask(state, &none, policy), None);
    }
    let mut unconfirmed = factor(true, false);
    unconfirmed.totp = Some(Totp { pending: Some(TotpSecret::new("NEW")), ..Totp::empty(unconfirmed.user) });
    assert_eq!(method(&unconfirmed, &policy()), None, "a secret that waits protects nothing yet");
}

#[test]
fn totp_that_is_switched_off_cannot_be_proved_by_force() {
    let (state, off) = (factor(true, true), TwoFactorPolicy { totp_enabled: false, ..policy() });
    let question = ask(&state, &forced(Method::Totp), &off).unwrap();
    assert_eq!((question.method, &question.available), (Method::Totp, &vec![]));
    for code in [Code::Step(101), Code::Backup([1; 32])] {
        let verdict = judge(&state, &question, code, NOON, &off);
        let invalid = Challenge { kind: ChallengeKind::Invalid, ..question.clone() };
        assert_eq!(verdict, Verdict::Refused(invalid, counted(&state, 1, NOON)));
        // Who wants TOTP itself lists it.
        accepted(judge(&state, &asked(Method::Totp), code, NOON, &off));
    }
}

#[test]
fn a_challenge_lists_what_is_switched_on_without_the_fallback() {
    let available = |state: &SecondFactor| ask(state, &Proof::default(), &policy()).unwrap().available;
    assert_eq!(available(&factor(true, true)), [Method::Totp]);
    assert_eq!(available(&factor(false, true)), []);
    let kind = ask(&factor(true, true), &Proof::default(), &policy()).unwrap().kind;
    assert_eq!(kind, ChallengeKind::Required);
}

#[test]
fn a_method_can_be_forced_to_no_weaker_one() {
    let method = |state: &SecondFactor, proof: &Proof| ask(state, proof, &policy()).map(|challenge| challenge.method);
    let (totp, password) = (factor(true, true), factor(false, true));
    assert_eq!(method(&totp, &forced(Method::Password)), Some(Method::Totp), "the password is no way around a code");
    assert_eq!(method(&totp, &forced(Method::Totp)), Some(Method::Totp));
    assert_eq!(method(&totp, &forced(Method::Email)), Some(Method::Email));
    assert_eq!(method(&password, &forced(Method::Totp)), Some(Method::Totp));
    assert_eq!(method(&password, &forced(Method::Email)), Some(Method::Email));
    assert_eq!(method(&password, &forced(Method::Password)), Some(Method::Password));
    let nothing = factor(false, false);
    for forced_method in [Method::Totp, Method::Email] {
        assert_eq!(
            method(&nothing, &forced(forced_method)),
            Some(forced_method),
            "who wants to prove one is held to it"
        );
        let signing_in = challenge(&nothing, &forced(forced_method), Occasion::SignIn, NOON, &policy());
        assert_eq!(signing_in, None, "where nothing is asked, nothing is forced");
    }
    let password_alone = challenge(&password, &Proof::default(), Occasion::SignIn, NOON, &policy());
    assert_eq!(password_alone, None, "the password is no second factor of itself");
    let off = TwoFactorPolicy { enabled: false, ..policy() };
    assert_eq!(ask(&totp, &forced(Method::Totp), &off), None);
}

#[test]
fn a_newer_step_is_spent() {
    let state = factor(true, true);
    let (spent, effects) = accepted(judge(&state, &asked(Method::Totp), Code::Step(101), NOON, &policy()));
    let after = Totp { last_step: Some(101), ..a_totp(state.user) };
    assert_eq!(spent.as_ref(), Some(&after));
    let expected = Effects { guards: revised(&state), private: vec![PrivateChange::Totp(after)], ..Effects::default() };
    assert_eq!(effects, expected, "nothing to clear, so no count is put down");
}

#[test]
fn a_used_step_and_an_older_one_are_wrong() {
    let state = factor(true, true);
    for step in [100, 99, 0] {
        let verdict = judge(&state, &asked(Method::Totp), Code::Step(step), NOON, &policy());
        let invalid = told(Method::Totp, ChallengeKind::Invalid);
        assert_eq!(verdict, Verdict::Refused(invalid, counted(&state, 1, NOON)), "{step}");
    }
    let mut fresh = factor(true, true);
    fresh.totp = Some(a_totp(fresh.user));
    let verdict = judge(&fresh, &asked(Method::Totp), Code::Step(0), NOON, &policy());
    assert_eq!(accepted(verdict).0.unwrap().last_step, Some(0), "none was used yet");
}

#[test]
fn a_backup_code_is_spent_once() {
    let mut state = factor(true, true);
    let (spent, effects) = accepted(judge(&state, &asked(Method::Totp), Code::Backup([1; 32]), NOON, &policy()));
    let spent = spent.unwrap();
    assert_eq!(spent.backup.as_ref().unwrap().hashes, [[2; 32]]);
    assert_eq!(spent.last_step, Some(100), "a backup code spends no step");
    assert_eq!(effects.private, [PrivateChange::Totp(spent.clone())]);
    state.totp = Some(spent);
    let again = judge(&state, &asked(Method::Totp), Code::Backup([1; 32]), NOON, &policy());
    let invalid = told(Method::Totp, ChallengeKind::Invalid);
    assert_eq!(again, Verdict::Refused(invalid, counted(&state, 1, NOON)));
    let last = judge(&state, &asked(Method::Totp), Code::Backup([2; 32]), NOON, &policy());
    assert_eq!(accepted(last).0.unwrap().backup_codes_left(), 0);
}

#[test]
fn a_proof_of_another_kind_than_asked_is_wrong() {
    let state = factor(true, true);
    for (method, code) in [
        (Method::Totp, Code::Password),
        (Method::Totp, Code::Wrong),
        (Method::Password, Code::Step(101)),
        (Method::Password, Code::Backup([1; 32])),
        (Method::Password, Code::Wrong),
        (Method::Email, Code::Step(101)),
        (Method::Email, Code::Backup([1; 32])),
        (Method::Email, Code::Password),
        (Method::Email, Code::Wrong),
    ] {
        let verdict = judge(&state, &asked(method), code, NOON, &policy());
        let invalid = told(method, ChallengeKind::Invalid);
        assert_eq!(verdict, Verdict::Refused(invalid, counted(&state, 1, NOON)), "{method:?} {code:?}");
    }
    let without = factor(false, true);
    for code in [Code::Step(101), Code::Backup([1; 32])] {
        let verdict = judge(&without, &asked(Method::Totp), code, NOON, &policy());
        assert!(matches!(verdict, Verdict::Refused(..)), "there is nothing the code could be of");
    }
}

#[test]
fn the_password_spends_nothing_but_the_count() {
    let mut state = factor(false, true);
    let (spent, effects) = accepted(judge(&state, &asked(Method::Password), Code::Password, NOON, &policy()));
    assert_eq!(spent, None);
    assert_eq!(effects, Effects { guards: revised(&state), ..Effects::default() });
    state.failures = Failures { count: 3, since: Some(NOON) };
    let (_, effects) = accepted(judge(&state, &asked(Method::Password), Code::Password, NOON, &policy()));
    let cleared = WorkChange::Failures { user: state.user, failures: Failures::default() };
    assert_eq!(effects.work, [cleared], "a right answer clears the count");
}

#[test]
fn ten_failures_lock_until_the_window_ends() {
    let mut state = factor(true, true);
    let right = Code::Step(101);
    for count in 1..=10 {
        let now = NOON.plus(Duration::from_secs(u64::from(count)));
        let verdict = judge(&state, &asked(Method::Totp), Code::Wrong, now, &policy());
        let since = NOON.plus(Duration::from_secs(1));
        let invalid = told(Method::Totp, ChallengeKind::Invalid);
        assert_eq!(verdict, Verdict::Refused(invalid, counted(&state, count, since)), "the window does not slide");
        state.failures = Failures { count, since: Some(since) };
    }
    let end = NOON.plus(Duration::from_secs(1)).plus(policy().failure_window);
    let locked = Verdict::Locked(told(Method::Totp, ChallengeKind::TooManyFailures));
    for now in
        [NOON.plus(Duration::from_secs(11)), end.minus(Duration::from_millis(1)), NOON.minus(Duration::from_mins(1))]
    {
        assert_eq!(judge(&state, &asked(Method::Totp), right, now, &policy()), locked, "not even the right one");
    }
    // A clock that stepped back further than a window is long locks nobody out until it has caught up.
    accepted(judge(&state, &asked(Method::Totp), right, NOON.minus(Duration::from_hours(1)), &policy()));
    let (_, effects) = accepted(judge(&state, &asked(Method::Totp), right, end, &policy()));
    let cleared = WorkChange::Failures { user: state.user, failures: Failures::default() };
    assert_eq!(effects.work, [cleared], "a count that has lapsed goes too");
    let verdict = judge(&state, &asked(Method::Totp), Code::Wrong, end, &policy());
    let invalid = told(Method::Totp, ChallengeKind::Invalid);
    assert_eq!(verdict, Verdict::Refused(invalid, counted(&state, 1, end)), "a new window begins with one");
}

#[test]
fn without_a_limit_nothing_locks() {
    let mut state = factor(true, true);
    state.failures = Failures { count: 1000, since: Some(NOON) };
    let policy = TwoFactorPolicy { max_failures: None, ..policy() };
    accepted(judge(&state, &asked(Method::Totp), Code::Step(101), NOON, &policy));
}

proptest! {
    /// Whatever steps come in whatever order: those accepted rise strictly, so none is ever accepted twice.
    #[test]
    fn accepted_steps_rise_strictly(steps in prop::collection::vec(90_u64..120, 1..40)) {
        let mut state = factor(true, true);
        let mut last = 100;
        for step in steps {
            let limitless = TwoFactorPolicy { max_failures: None, ..policy() };
            match judge(&state, &asked(Method::Totp), Code::Step(step), NOON, &limitless) {
                Verdict::Accepted(effects) => {
                    prop_assert!(step > last);
                    last = step;
                    state.totp = spent(&effects);
                }
                Verdict::Refused(..) => prop_assert!(step <= last),
                Verdict::Locked(_) => prop_assert!(false, "there is no limit"),
            }
        }
    }

    /// However the clock jumps, a count never passes the limit, and at the limit nothing is looked at in its window.
    #[test]
    fn no_count_passes_the_limit(offsets in prop::collection::vec(0_u64..900, 1..60)) {
        let mut failures = Failures::default();
        for offset in offsets {
            let now = NOON.plus(Duration::from_secs(offset));
            let state = SecondFactor { failures, ..factor(true, true) };
            let window = policy().failure_window;
            let in_window = failures.since.is_some_and(|since| now < since.plus(window) && since < now.plus(window));
            match judge(&state, &asked(Method::Totp), Code::Wrong, now, &policy()) {
                Verdict::Refused(_, effects) => {
                    let [WorkChange::Failures { failures: after, .. }] = effects.work[..] else { panic!("{effects:?}") };
                    let expected = if in_window { failures.count + 1 } else { 1 };
                    prop_assert_eq!(after.count, expected);
                    failures = after;
                }
                verdict => {
                    let locked = Verdict::Locked(told(Method::Totp, ChallengeKind::TooManyFailures));
                    prop_assert_eq!(verdict, locked);
                    prop_assert!(in_window && failures.count == 10);
                }
            }
            prop_assert!(failures.count <= 10);
        }
    }
}
