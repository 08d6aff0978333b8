//! The checker finds what it is there to find: each case is a good story with one thing wrong in it.

use portcullis_tests::linear::{Asked, Call, Entry, Event, Fault, Grant, Happened, Moment, Refusal, Rule, Told, check};
use serde_json::{Value, json};

const LOCK: &str = "front-door";
/// The person was there before.
const SET_UP: u64 = 1;

/// A story: one thing a second, from second 1.
#[derive(Clone, Default)]
struct Story {
    events: Vec<Event>,
    calls: Vec<Call>,
}

const fn moment(second: f64) -> Moment {
    #[expect(clippy::cast_possible_truncation, reason = "a few seconds")]
    Moment((second * 1e6) as i64)
}

const fn millis(second: f64) -> i64 {
    moment(second).0 / 1000
}

fn grant(tag: &str, until: Option<f64>) -> Grant {
    let until = until.map(millis);
    Grant { lock: LOCK.into(), name: "Door".into(), level: "USER".into(), by: tag.into(), from: None, until }
}

fn payload(tag: &str) -> Value {
    json!({"lockId": LOCK, "tag": tag})
}

impl Story {
    fn new() -> Self {
        let created = Happened::Other { name: "UserCreated".into(), by: "set-up".into() };
        let mut story = Self::default();
        story.record("set-up", 0.0, created);
        story
    }

    fn record(&mut self, tag: &str, second: f64, happened: Happened) -> u64 {
        let version = self.events.len() as u64 + 1;
        let (payload, request) = (payload(tag), format!("request of {tag}"));
        self.events.push(Event { version, happened, payload, at: millis(second), request });
        version
    }

    fn call(&mut self, tag: &str, (sent, answered): (f64, f64), asked: Asked, told: Told) {
        let (sent, answered) = (moment(sent), moment(answered));
        let call = Call { tag: tag.into(), asked, only_at: None, sent, answered, told, replayed: false };
        self.calls.push(call);
    }

    fn done(tag: &str, version: u64) -> Told {
        Told::Done { version: Some(version), event: Some((payload(tag), format!("request of {tag}"))) }
    }

    fn granted(&mut self, tag: &str, sent: f64, until: Option<f64>) {
        let version = self.record(tag, sent + 0.5, Happened::Added(grant(tag, until)));
        self.call(tag, (sent, sent + 0.9), Asked::Grant(grant(tag, until)), Self::done(tag, version));
    }

    fn revoked(&mut self, tag: &str, sent: f64) {
        let happened = Happened::Removed { lock: LOCK.into(), by: tag.into(), at: millis(sent + 0.5) };
        let version = self.record(tag, sent + 0.5, happened);
        self.call(tag, (sent, sent + 0.9), Asked::Revoke { lock: LOCK.into() }, Self::done(tag, version));
    }

    fn expired(&mut self, end: f64, written: f64) {
        let happened = Happened::Removed { lock: LOCK.into(), by: Event::EXPIRY.into(), at: millis(end) };
        self.record("expiry", written, happened);
    }

    fn not_granted(&mut self, tag: &str, sent: f64) {
        let told = Told::Refused(Refusal::NotGranted);
        self.call(tag, (sent, sent + 0.9), Asked::Revoke { lock: LOCK.into() }, told);
    }

    fn already_granted(&mut self, tag: &str, sent: f64) {
        let told = Told::Refused(Refusal::AlreadyGranted);
        self.call(tag, (sent, sent + 0.9), Asked::Grant(grant(tag, None)), told);
    }

    fn listed(&mut self, tag: &str, sent: f64, version: u64, grants: &[Grant]) {
        let entries = grants.iter().map(|grant| Entry { grant: grant.clone(), scheduled: false }).collect();
        self.call(tag, (sent, sent + 0.9), Asked::List, Told::Listed { version, entries });
    }

    /// The call of a tag, to spoil it.
    fn of(&mut self, tag: &str) -> &mut Call {
        self.calls.iter_mut().find(|call| call.tag == tag).expect("the story has it")
    }

    fn faults(&self) -> Vec<Rule> {
        check(&self.events, SET_UP, &self.calls).into_iter().map(|Fault { rule, .. }| rule).collect()
    }
}

/// Granted, refused, listed, revoked, refused, granted for a while, ended, granted again.
fn good() -> Story {
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.already_granted("b", 2.0);
    story.listed("c", 3.0, 2, &[grant("a", None)]);
    story.revoked("d", 4.0);
    story.not_granted("e", 5.0);
    story.listed("f", 6.0, 3, &[]);
    story.granted("g", 7.0, Some(9.5));
    story.already_granted("h", 8.0);
    story.listed("i", 10.0, 4, &[]);
    story.not_granted("j", 11.0);
    story.expired(9.5, 12.0);
    story.granted("k", 13.0, None);
    story
}

#[test]
fn a_good_story_is_explained() {
    assert_eq!(check(&good().events, SET_UP, &good().calls), []);
}

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
fn a_stale_read_is_found() {
    let mut story = good();
    // Version 3 was acknowledged at 4.9, before the list was asked for.
    story.of("f").told = Told::Listed { version: 2, entries: Vec::new() };
    assert_eq!(story.faults(), [Rule::Fresh]);
    // Somebody else has read version 3 already.
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.revoked("b", 2.0);
    story.of("b").answered = moment(9.0);
    story.listed("c", 3.0, 3, &[]);
    story.listed("d", 4.0, 2, &[grant("a", None)]);
    assert_eq!(story.faults(), [Rule::Fresh]);
}

#[test]
fn a_read_of_the_future_is_found() {
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.listed("b", 2.0, 3, &[]);
    story.revoked("c", 4.0);
    // From then on version 3 is known, which makes the success come late as well.
    assert_eq!(story.faults(), [Rule::Possible, Rule::Fresh]);
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
fn a_list_that_is_not_its_versions_is_found() {
    let mut story = good();
    story.of("c").told = Told::Listed { version: 2, entries: Vec::new() };
    assert_eq!(story.faults(), [Rule::Listed], "a lock is missing");
    let mut story = good();
    let entry = Entry { grant: grant("a", None), scheduled: false };
    story.of("f").told = Told::Listed { version: 3, entries: vec![entry.clone()] };
    assert_eq!(story.faults(), [Rule::Listed], "a lock too many");
    story.of("f").told = Told::Listed { version: 3, entries: Vec::new() };
    story.of("c").told = Told::Listed { version: 2, entries: vec![entry.clone(), entry] };
    assert_eq!(story.faults(), [Rule::Listed], "a lock twice");
    let mut story = good();
    let other = Entry { grant: Grant { name: "Gate".into(), ..grant("a", None) }, scheduled: false };
    story.of("c").told = Told::Listed { version: 2, entries: vec![other] };
    assert_eq!(story.faults(), [Rule::Listed], "another name");
}

#[test]
fn windows_count_in_lists() {
    let mut story = good();
    let ended = Entry { grant: grant("g", Some(9.5)), scheduled: false };
    story.of("i").told = Told::Listed { version: 4, entries: vec![ended] };
    assert_eq!(story.faults(), [Rule::Listed], "it ended before it was asked for");

    let mut story = Story::new();
    let ahead = Grant { from: Some(millis(5.0)), ..grant("a", None) };
    let version = story.record("a", 1.5, Happened::Added(ahead.clone()));
    story.call("a", (1.0, 1.9), Asked::Grant(ahead.clone()), Story::done("a", version));
    let shown =
        |scheduled| Entry { grant: Grant { from: ahead.from.filter(|_| scheduled), ..ahead.clone() }, scheduled };
    for (sent, scheduled, faults) in
        [(3.0, true, vec![]), (3.0, false, vec![Rule::Listed]), (6.0, true, vec![Rule::Listed]), (6.0, false, vec![])]
    {
        let mut story = story.clone();
        let told = Told::Listed { version, entries: vec![shown(scheduled)] };
        story.call("b", (sent, sent + 0.9), Asked::List, told);
        assert_eq!(story.faults(), faults, "at {sent}, scheduled: {scheduled}");
    }
}

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
fn a_request_without_an_answer_may_have_been_carried_out() {
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.of("a").told = Told::Nothing;
    assert_eq!(story.faults(), []);
    story.call("b", (3.0, 3.9), Asked::Revoke { lock: LOCK.into() }, Told::Nothing);
    assert_eq!(story.faults(), []);
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
