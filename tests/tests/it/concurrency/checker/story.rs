//! Stories to check: one thing a second, from second 1.
use portcullis_tests::linear::{
    Asked, Call, Entry, Event, Fault, Grant, Happened, Moment, Refusal, Rule, Shown, Told, check,
};
use serde_json::{Value, json};

pub(super) const LOCK: &str = "front-door";
/// The person was there before.
pub(super) const SET_UP: u64 = 1;

/// A story.
#[derive(Clone, Default)]
pub(super) struct Story {
    pub(super) events: Vec<Event>,
    pub(super) calls: Vec<Call>,
}

pub(super) const fn moment(second: f64) -> Moment {
    #[expect(clippy::cast_possible_truncation, reason = "a few seconds")]
    Moment((second * 1e6) as i64)
}

pub(super) const fn millis(second: f64) -> i64 {
    moment(second).0 / 1000
}

pub(super) fn grant(tag: &str, until: Option<f64>) -> Grant {
    let until = until.map(millis);
    Grant { lock: LOCK.into(), name: "Door".into(), level: "USER".into(), by: tag.into(), from: None, until }
}

pub(super) fn payload(tag: &str) -> Value {
    json!({"lockId": LOCK, "tag": tag})
}

impl Story {
    pub(super) fn new() -> Self {
        let created = Happened::Other { name: "UserCreated".into(), by: "set-up".into() };
        let mut story = Self::default();
        story.record("set-up", 0.0, created);
        story
    }

    pub(super) fn record(&mut self, tag: &str, second: f64, happened: Happened) -> u64 {
        let version = self.events.len() as u64 + 1;
        let (payload, request) = (payload(tag), format!("request of {tag}"));
        // Other streams have every other position.
        let (position, actor) = (2 * version, "organisation".to_owned());
        self.events.push(Event { position, version, actor, happened, payload, at: millis(second), request });
        version
    }

    pub(super) fn call(&mut self, tag: &str, (sent, answered): (f64, f64), asked: Asked, told: Told) {
        let (sent, answered) = (moment(sent), moment(answered));
        let call = Call { tag: tag.into(), asked, only_at: None, sent, answered, told, replayed: false };
        self.calls.push(call);
    }

    pub(super) fn done(tag: &str, version: u64) -> Told {
        Told::Done { version: Some(version), event: Some((payload(tag), format!("request of {tag}"))) }
    }

    pub(super) fn granted(&mut self, tag: &str, sent: f64, until: Option<f64>) {
        let version = self.record(tag, sent + 0.5, Happened::Added(grant(tag, until)));
        self.call(tag, (sent, sent + 0.9), Asked::Grant(grant(tag, until)), Self::done(tag, version));
    }

    pub(super) fn revoked(&mut self, tag: &str, sent: f64) {
        let happened = Happened::Removed { lock: LOCK.into(), by: tag.into(), at: millis(sent + 0.5) };
        let version = self.record(tag, sent + 0.5, happened);
        self.call(tag, (sent, sent + 0.9), Asked::Revoke { lock: LOCK.into() }, Self::done(tag, version));
    }

    pub(super) fn expired(&mut self, end: f64, written: f64) {
        let happened = Happened::Removed { lock: LOCK.into(), by: Event::EXPIRY.into(), at: millis(end) };
        self.record("expiry", written, happened);
        self.events.last_mut().expect("just recorded").actor = Event::JOB.into();
    }

    pub(super) fn status(&mut self, tag: &str, sent: f64, suspended: bool) {
        let version = self.record(tag, sent + 0.5, Happened::Status { suspended, by: tag.into() });
        self.call(tag, (sent, sent + 0.9), Asked::Status { suspended }, Self::done(tag, version));
    }

    pub(super) fn not_granted(&mut self, tag: &str, sent: f64) {
        let told = Told::Refused(Refusal::NotGranted);
        self.call(tag, (sent, sent + 0.9), Asked::Revoke { lock: LOCK.into() }, told);
    }

    pub(super) fn already_granted(&mut self, tag: &str, sent: f64) {
        let told = Told::Refused(Refusal::AlreadyGranted);
        self.call(tag, (sent, sent + 0.9), Asked::Grant(grant(tag, None)), told);
    }

    pub(super) fn listed(&mut self, tag: &str, sent: f64, version: u64, grants: &[Grant]) {
        let entries = grants.iter().map(|grant| Entry { grant: grant.clone(), shown: Shown::Valid }).collect();
        self.call(tag, (sent, sent + 0.9), Asked::List, Told::Listed { version, entries });
    }

    /// The call of a tag, to spoil it.
    pub(super) fn of(&mut self, tag: &str) -> &mut Call {
        self.calls.iter_mut().find(|call| call.tag == tag).expect("the story has it")
    }

    pub(super) fn faults(&self) -> Vec<Rule> {
        check(&self.events, SET_UP, &self.calls).into_iter().map(|Fault { rule, .. }| rule).collect()
    }
}

/// Granted, refused, listed, revoked, refused, granted for a while, ended, granted again.
pub(super) fn good() -> Story {
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
