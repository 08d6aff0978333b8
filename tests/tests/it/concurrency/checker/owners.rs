//! Keys and the locks of their organisation.

use portcullis_tests::linear::{Asked, Call, Happened, Reached, Refusal, Rule, Told, check, check_owner};

use super::story::{LOCK, SET_UP, Story, moment};

const OWN: &str = "acme";

/// A lock that is another's from 2.0 to 4.9 or so, and back then.
fn lock() -> Story {
    let mut lock = Story::default();
    lock.record("set-up", 0.0, Happened::Organisation { org: OWN.into(), by: "set-up".into() });
    for (tag, sent, org) in [("away", 2.0, "other"), ("back", 4.0, OWN)] {
        let version = lock.record(tag, sent + 0.5, Happened::Organisation { org: org.into(), by: tag.into() });
        lock.call(tag, (sent, sent + 0.9), Asked::Organisation { org: org.into() }, Story::done(tag, version));
    }
    lock
}

fn faults(sent: f64, told: Told, position: Option<u64>) -> Vec<Rule> {
    let lock = lock();
    assert_eq!(check(&lock.events, SET_UP, &lock.calls), []);
    let (sent, answered) = (moment(sent), moment(sent + 0.5));
    let asked = Asked::Revoke { lock: LOCK.into() };
    let call = Call { tag: "a".into(), asked, only_at: None, sent, answered, told, replayed: false };
    let faults = check_owner(OWN, &lock.events, SET_UP, &lock.calls, &[Reached { call, position }]);
    faults.into_iter().map(|fault| fault.rule).collect()
}

#[test]
fn a_key_is_forbidden_what_was_anothers_and_nothing_else() {
    for (sent, rules) in
        [(1.0, vec![Rule::Owned]), (2.1, vec![]), (3.0, vec![]), (4.1, vec![]), (5.0, vec![Rule::Owned])]
    {
        assert_eq!(faults(sent, Told::Forbidden, None), rules, "at {sent}");
    }
}

#[test]
fn a_key_is_answered_about_its_own_locks_only() {
    let refused = || Told::Refused(Refusal::NotGranted);
    for (sent, rules) in [(1.0, vec![]), (2.1, vec![]), (3.0, vec![Rule::Owned]), (4.1, vec![]), (5.0, vec![])] {
        assert_eq!(faults(sent, refused(), None), rules, "at {sent}");
    }
    assert_eq!(faults(3.0, Told::Nothing, None), []);
}

#[test]
fn what_a_key_did_stands_where_the_lock_was_its_own() {
    // The lock's events are at 2, 4 and 6.
    for (sent, position, rules) in
        [(2.1, 3, vec![]), (2.1, 5, vec![Rule::Owned]), (4.1, 5, vec![Rule::Owned]), (4.1, 7, vec![])]
    {
        assert_eq!(faults(sent, Story::done("a", 9), Some(position)), rules, "{position}");
    }
    assert_eq!(faults(2.1, Told::Nothing, Some(5)), [Rule::Owned], "nobody heard of it, and it is there");
}

#[test]
fn a_lock_nobody_registered_is_nobodys() {
    let asked = Asked::Revoke { lock: LOCK.into() };
    let (sent, answered) = (moment(1.0), moment(1.5));
    for (told, found) in [(Told::Forbidden, 0), (Told::Refused(Refusal::NotGranted), 1)] {
        let call = Call { tag: "a".into(), asked: asked.clone(), only_at: None, sent, answered, told, replayed: false };
        assert_eq!(check_owner(OWN, &[], 0, &[], &[Reached { call, position: None }]).len(), found);
    }
}
