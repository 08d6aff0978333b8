//! Commands and their events.

use portcullis_tests::linear::{Asked, Grant, Happened, Rule, Told};

use super::story::{LOCK, Story, good, grant, millis, payload};

#[test]
fn a_lost_update_is_found() {
    // Two add the same lock and both are told that they did.
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.granted("b", 1.0, None);
    assert_eq!(story.faults(), [Rule::Follows]);
    // One overwrites the other: a version is told twice, one event is on record.
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.call("b", (1.0, 1.9), Asked::Grant(grant("b", None)), Story::done("b", 2));
    assert_eq!(story.faults(), [Rule::Kept]);
}

#[test]
fn a_success_that_overtakes_an_answer_is_found() {
    // Version 2 belongs to a request sent after version 3 was acknowledged.
    let mut story = Story::new();
    story.granted("a", 3.0, None);
    story.revoked("b", 1.0);
    assert_eq!(story.faults(), [Rule::Fresh, Rule::Possible]);
}

#[test]
fn a_gap_in_versions_is_found() {
    let mut story = good();
    story.events.remove(2);
    assert_eq!(story.faults(), [Rule::Contiguous]);
    let mut story = good();
    story.events.swap(1, 2);
    assert_eq!(story.faults(), [Rule::Contiguous]);
}

#[test]
fn an_event_nobody_asked_for_is_found() {
    let mut story = good();
    story.record("stranger", 15.0, Happened::Removed { lock: LOCK.into(), by: "stranger".into(), at: millis(15.0) });
    assert_eq!(story.faults(), [Rule::Asked]);
    // Asked for, refused, and done all the same.
    let mut story = good();
    story.record("e", 5.5, Happened::Removed { lock: LOCK.into(), by: "e".into(), at: millis(5.5) });
    assert_eq!(story.faults(), [Rule::Asked]);
    // Asked for in other words.
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.of("a").asked = Asked::Grant(Grant { level: "ADMIN".into(), ..grant("a", None) });
    assert_eq!(story.faults(), [Rule::Asked]);
}

#[test]
fn an_acknowledgement_without_its_event_is_found() {
    let mut story = good();
    story.events.pop();
    assert_eq!(story.faults(), [Rule::Kept]);
    for spoil in [
        (|told| *told = Story::done("a", 3)) as fn(&mut Told),
        |told| *told = Told::Done { version: Some(2), event: Some((payload("other"), "request of a".into())) },
        |told| *told = Told::Done { version: Some(2), event: Some((payload("a"), "request of other".into())) },
    ] {
        let mut story = Story::new();
        story.granted("a", 1.0, None);
        spoil(&mut story.of("a").told);
        assert_eq!(story.faults(), [Rule::Kept]);
    }
}

#[test]
fn expiry_counts_once_and_not_before_its_time() {
    let mut story = Story::new();
    story.granted("a", 1.0, Some(3.0));
    story.expired(3.0, 4.0);
    assert_eq!(story.faults(), []);
    let mut other = story.clone();
    other.events.last_mut().expect("just expired").actor = "organisation".into();
    assert_eq!(other.faults(), [Rule::Asked], "by somebody who did not add the lock again");
    story.expired(3.0, 4.1);
    assert_eq!(story.faults(), [Rule::Follows], "twice");

    for (end, written, why) in [(3.0, 2.0, "too early"), (2.5, 4.0, "at another time than its own")] {
        let mut story = Story::new();
        story.granted("a", 1.0, Some(3.0));
        story.expired(end, written);
        assert_eq!(story.faults(), [Rule::Follows], "{why}");
    }
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.expired(3.0, 4.0);
    assert_eq!(story.faults(), [Rule::Follows], "it has no end");
    let mut story = Story::new();
    story.granted("a", 1.0, Some(3.0));
    story.revoked("b", 4.0);
    assert_eq!(story.faults(), [Rule::Follows], "taken away after its end");
}
