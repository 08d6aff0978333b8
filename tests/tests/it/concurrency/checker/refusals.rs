//! Answers that something was not done.

use portcullis_tests::linear::{Asked, Refusal, Rule, Told};

use super::story::{LOCK, Story, good, grant};

#[test]
fn a_refusal_nothing_explains_is_found() {
    let mut story = good();
    story.of("b").told = Told::Refused(Refusal::NotGranted);
    assert_eq!(story.faults(), [Rule::Refused], "the answer to another question");
    let mut story = good();
    story.already_granted("x", 5.0);
    assert_eq!(story.faults(), [Rule::Refused], "it is not on the list");
    let mut story = good();
    story.not_granted("x", 2.0);
    assert_eq!(story.faults(), [Rule::Refused], "it is on the list");
    let mut story = good();
    story.not_granted("x", 8.0);
    assert_eq!(story.faults(), [Rule::Refused], "its window is still open");
    let mut story = good();
    story.already_granted("x", 10.0);
    assert_eq!(story.faults(), [Rule::Refused], "its window is over");
    let mut story = good();
    story.call("x", (14.0, 14.9), Asked::Grant(grant("x", Some(20.0))), Told::Refused(Refusal::WindowOver));
    assert_eq!(story.faults(), [Rule::Refused], "its own window is not over");
}

#[test]
fn a_refusal_may_meet_either_side_of_a_command_under_way() {
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.revoked("b", 2.0);
    story.not_granted("c", 2.1);
    story.already_granted("d", 2.1);
    assert_eq!(story.faults(), []);
}

#[test]
fn conditions_are_kept() {
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.of("a").only_at = Some(1);
    assert_eq!(story.faults(), []);
    story.revoked("b", 2.0);
    story.of("b").only_at = Some(1);
    assert_eq!(story.faults(), [Rule::Kept], "done at a version it did not name");
    let mut story = good();
    let told = Told::Refused(Refusal::Stale);
    story.call("x", (14.0, 14.9), Asked::Revoke { lock: LOCK.into() }, told);
    story.of("x").only_at = Some(4);
    assert_eq!(story.faults(), []);
    story.of("x").only_at = Some(6);
    assert_eq!(story.faults(), [Rule::Refused], "it named the present version");
    // Refused for its content: then at the version it named.
    let mut story = good();
    story.not_granted("x", 5.0);
    story.of("x").only_at = Some(2);
    assert_eq!(story.faults(), [Rule::Refused]);
}

#[test]
fn a_conflict_needs_others() {
    let mut story = good();
    story.call("x", (4.0, 4.9), Asked::Revoke { lock: LOCK.into() }, Told::Conflict);
    assert_eq!(story.faults(), [Rule::Refused]);
}
