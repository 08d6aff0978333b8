//! The bytes of an envelope: kept for good, so fixed to the last comma.

use portcullis_domain::event::{
    Actor, ActorKind, AggregateKind, Envelope, Position, Recorded, StreamId, UnknownAggregateKind, Version,
};
use portcullis_domain::ids::{RequestId, UserId};
use portcullis_domain::totp::TotpEnrolled;
use portcullis_testkit::build::{CommitBuilder, NOON, a_commit, free, metadata, org};

fn ada() -> UserId {
    UserId::parse("0190a3c2-7b5e-7d11-9f00-0123456789ab").unwrap()
}

fn commit() -> CommitBuilder {
    let mut meta = metadata(NOON);
    meta.actor = Actor { kind: ActorKind::Staff, id: "auth0|7".to_owned() };
    meta.request = RequestId::parse("req_1").unwrap();
    meta.reason = Some(free("lost the phone"));
    meta.causation = Some("job 7".to_owned());
    a_commit().on(ada(), Version::new(4)).of(org("acme")).event(TotpEnrolled { user_id: ada() }).meta(meta)
}

const FULL: &str = r#"{"position":12,"aggregateType":"UserAggregate","aggregateId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","version":5,"type":"TotpEnrolled","schema":1,"timestamp":"2026-11-21T10:15:00.000Z","orgId":"acme","actor":{"kind":"staff","id":"auth0|7"},"reason":"lost the phone","requestId":"req_1","causation":"job 7","event":{"type":"TotpEnrolled","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab"}}"#;

#[test]
fn an_envelope_has_these_bytes() {
    let commit = commit().build();
    let envelopes = commit.envelopes(Position::new(11));
    assert_eq!(String::from_utf8(envelopes[0].to_bytes()).unwrap(), FULL);
    let mut bare = commit;
    (bare.meta.reason, bare.meta.causation) = (None, None);
    let text = String::from_utf8(bare.envelopes(Position::new(11))[0].to_bytes()).unwrap();
    assert_eq!(text, FULL.replace(r#""reason":"lost the phone","#, "").replace(r#""causation":"job 7","#, ""));
}

#[test]
fn bytes_are_read_back_whole() {
    let [envelope] = &commit().build().envelopes(Position::new(11))[..] else { panic!("one event, one envelope") };
    let recorded = Recorded {
        position: envelope.position,
        stream: envelope.stream(),
        version: envelope.version,
        bytes: FULL.as_bytes().to_vec(),
    };
    assert_eq!(recorded.envelope().unwrap(), *envelope);
    let damaged = Recorded { bytes: FULL.as_bytes()[1..].to_vec(), ..recorded };
    assert_eq!(damaged.envelope().unwrap_err().to_string(), "the event at position 12 cannot be read");
}

#[test]
fn envelopes_of_one_commit_are_numbered_on() {
    let commit = commit().event(TotpEnrolled { user_id: ada() }).event(TotpEnrolled { user_id: ada() }).build();
    let numbers = |envelope: &Envelope| (envelope.position.number(), envelope.version.number());
    let numbers: Vec<_> = commit.envelopes(Position::new(11)).iter().map(numbers).collect();
    assert_eq!(numbers, [(12, 5), (13, 6), (14, 7)]);
    assert_eq!(a_commit().build().envelopes(Position::START), []);
}

#[test]
fn kinds_of_credentials_have_their_words() {
    let kinds = [ActorKind::User, ActorKind::Staff, ActorKind::Organisation, ActorKind::Operator, ActorKind::System];
    let words = serde_json::to_string(&kinds).unwrap();
    assert_eq!(words, r#"["user","staff","organisation","operator","system"]"#);
    assert_eq!(Actor::system("expiry").id, "system:expiry");
}

#[test]
fn a_stream_is_named_by_class_and_read_by_slug_too() {
    assert_eq!(StreamId::from(&org("acme")).to_string(), "TenantAggregate/acme");
    for kind in AggregateKind::ALL {
        assert_eq!(AggregateKind::parse(kind.slug()), Ok(kind));
        assert_eq!(AggregateKind::parse(kind.class()), Ok(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.class());
    }
    assert_eq!(AggregateKind::parse("User"), Err(UnknownAggregateKind));
}
