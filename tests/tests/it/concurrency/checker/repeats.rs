//! Orders sent more than once.

use portcullis_tests::linear::{Asked, Call, Happened, Refusal, Rule, Told};

use super::story::{LOCK, Story, good, grant, moment};

#[test]
fn a_duplicate_success_is_found() {
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.revoked("b", 2.0);
    let mut twice = story.of("b").clone();
    twice.tag = "c".into();
    story.calls.push(twice);
    assert_eq!(story.faults(), [Rule::Kept], "another's success");

    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.revoked("b", 2.0);
    let again = story.of("b").clone();
    story.calls.push(again);
    assert_eq!(story.faults(), [Rule::Repeated], "two first answers to one request");
}

#[test]
fn an_order_carried_out_twice_is_found() {
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.revoked("b", 2.0);
    story.record("a", 1.6, Happened::Added(grant("a", None)));
    assert_eq!(story.faults(), [Rule::Asked]);
}

#[test]
fn repeated_requests_have_one_answer() {
    let mut story = good();
    let again = Call { replayed: true, sent: moment(20.0), answered: moment(20.9), ..story.of("a").clone() };
    story.calls.push(again.clone());
    assert_eq!(story.faults(), []);
    let refused = Call { told: Told::Refused(Refusal::AlreadyGranted), ..again };
    *story.calls.last_mut().expect("just added") = refused;
    assert_eq!(story.faults(), [Rule::Repeated]);

    let mut story = good();
    story.of("a").replayed = true;
    assert_eq!(story.faults(), [Rule::Repeated], "a repetition of nothing");
}

#[test]
fn a_request_without_an_answer_may_have_been_carried_out() {
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.of("a").told = Told::Nothing;
    assert_eq!(story.faults(), []);
    story.call("b", (3.0, 3.9), Asked::Revoke { lock: LOCK.into() }, Told::Nothing);
    assert_eq!(story.faults(), []);
}

#[test]
fn a_repeated_refusal_is_true_when_it_was_first_given() {
    // Refused at 2, which nobody heard; told again at 5, when it is no longer true.
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.already_granted("b", 2.0);
    story.revoked("c", 3.0);
    let again = Call { sent: moment(5.0), answered: moment(5.9), replayed: true, ..story.of("b").clone() };
    story.of("b").told = Told::Nothing;
    story.calls.push(again);
    assert_eq!(story.faults(), []);
    // True at neither, nor between.
    let told = Told::Refused(Refusal::NotGranted);
    story.calls.last_mut().expect("just added").told = told;
    assert_eq!(story.faults(), [Rule::Refused]);
    // True only before any of its requests.
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.call("b", (2.0, 2.9), Asked::Revoke { lock: LOCK.into() }, Told::Nothing);
    story.not_granted("b", 4.0);
    story.calls.last_mut().expect("just added").replayed = true;
    assert_eq!(story.faults(), [Rule::Refused]);
}

#[test]
fn a_fault_of_the_request_is_told_anew_each_time() {
    let faulty = |story: &mut Story, sent: f64, replayed: bool| {
        let asked = Asked::Grant(grant("over", Some(1.0)));
        story.call("over", (sent, sent + 0.5), asked, Told::Refused(Refusal::WindowOver));
        story.calls.last_mut().expect("just added").replayed = replayed;
    };
    let mut story = good();
    faulty(&mut story, 20.0, false);
    faulty(&mut story, 21.0, false);
    assert_eq!(story.faults(), []);
    let mut story = good();
    faulty(&mut story, 20.0, false);
    faulty(&mut story, 21.0, true);
    assert_eq!(story.faults(), [Rule::Repeated]);
}
