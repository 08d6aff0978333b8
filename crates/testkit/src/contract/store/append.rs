//! Writing events and reading them back.

use portcullis_domain::commit::ClientTrace;
use portcullis_domain::event::{Actor, ActorKind, AggregateKind, Envelope, Position, StreamId, Version};
use portcullis_domain::ids::RequestId;
use portcullis_domain::port::VersionRange;

use super::super::StoreHarness;
use super::{MANY, an_event, assert_contiguous, everything, stream};
use crate::build::{a_commit, a_lock_id, a_person, a_user_id, free, granted, lock_id, metadata, millis, org, removed};

/// What is written is found in its stream and among all events, in order.
pub async fn appended_events_are_loaded_and_read(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, door, gate) = (a_person().put(&*events).await, a_lock_id(), a_lock_id());
    let both = a_commit().on(ada, Version::new(1)).event(granted(ada, &door).event());
    both.event(granted(ada, &gate).event()).put(&*events).await;
    let bob = a_person().put(&*events).await;

    let of_ada = stream(h, ada).await;
    let names: Vec<_> = of_ada.iter().map(|event| event.envelope().expect("readable").name).collect();
    assert_eq!(names, ["UserCreated", "AccessibleLockAdded", "AccessibleLockAdded"]);
    let last = of_ada[2].envelope().expect("readable");
    assert_eq!(last.event, granted(ada, &gate).event().into());
    let all = everything(h).await;
    assert_contiguous(&all);
    assert_eq!(all.len(), 4);
    assert_eq!(all[..3], of_ada[..], "the stream and the feed hold the same records");
    assert_eq!(all[3].stream, StreamId::from(bob));
}

/// The bytes are those of the envelope, the same wherever and whenever they are read.
pub async fn bytes_are_stable_and_the_same_everywhere(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_user_id();
    let commit = a_person().id(ada).named("Ada", "Lovelace").email("ada@example.com").commit().build();
    let expected: Vec<_> = commit.envelopes(Position::START).iter().map(Envelope::to_bytes).collect();
    events.commit(commit).await.expect("written");
    let first: Vec<_> = stream(h, ada).await.into_iter().map(|event| event.bytes).collect();
    assert_eq!(first, expected);

    let door = a_lock_id();
    granted(ada, &door).put(&*events).await;
    h.rebuild_views().await;
    let feed: Vec<_> = everything(h).await.into_iter().map(|event| event.bytes).collect();
    let loaded: Vec<_> = stream(h, ada).await.into_iter().map(|event| event.bytes).collect();
    assert_eq!(feed, loaded);
    assert_eq!(feed[..1], expected[..], "later commits and rebuilds leave the bytes alone");
}

/// Who, why, when and from where come back as they were handed in; the client's address is not among them.
pub async fn an_envelope_says_who_when_and_why(h: &dyn StoreHarness) {
    let ada = a_user_id();
    let mut meta = metadata(millis(1_234_567_890_123));
    meta.actor = Actor { kind: ActorKind::Organisation, id: "Abcd1234".to_owned() };
    meta.reason = Some(free("lost the phone — „gestern“ 🔑"));
    meta.request = RequestId::parse("req_42").expect("a request id");
    meta.causation = Some("job 7".to_owned());
    meta.client = Some(ClientTrace { address: Some("198.51.100.9".to_owned()), user_agent: Some("curl".to_owned()) });
    a_person().id(ada).commit().of(org("acme")).meta(meta.clone()).put(&*h.events()).await;

    let recorded = stream(h, ada).await.remove(0);
    let envelope = recorded.envelope().expect("readable");
    assert_eq!(recorded.stream, StreamId::from(ada));
    assert_eq!((recorded.position, recorded.version), (envelope.position, envelope.version));
    assert_eq!((envelope.timestamp, &envelope.org_id), (meta.at, &org("acme")));
    assert_eq!((&envelope.actor, &envelope.reason), (&meta.actor, &meta.reason));
    assert_eq!((&envelope.request_id, &envelope.causation), (&meta.request, &meta.causation));
    let text = String::from_utf8(recorded.bytes).expect("JSON is text");
    assert!(!text.contains("198.51.100.9") && !text.contains("curl"), "personal data stays beside the events");
}

/// Both ends of a range count, and no more than the limit comes.
pub async fn load_honours_range_and_limit(h: &dyn StoreHarness) {
    let (events, door) = (h.events(), a_lock_id());
    let five = (0..5).fold(a_commit().on(&door, Version::NONE), |commit, _| commit.event(an_event(&door)));
    five.put(&*events).await;
    let versions = async |from: u64, to: u64, limit: u32| {
        let range = VersionRange { from: Version::new(from), to: Version::new(to) };
        let found = events.load(&StreamId::from(&door), range, limit).await.expect("the store answers");
        found.iter().map(|event| event.version.number()).collect::<Vec<_>>()
    };
    assert_eq!(versions(1, 5, 10).await, [1, 2, 3, 4, 5]);
    assert_eq!(versions(2, 4, 10).await, [2, 3, 4]);
    assert_eq!(versions(3, 3, 10).await, [3]);
    assert_eq!(versions(0, 9, 2).await, [1, 2]);
    assert_eq!(versions(4, 3, 10).await, [0_u64; 0]);
    assert_eq!(versions(6, 9, 10).await, [0_u64; 0]);
    assert_eq!(versions(1, 5, 0).await, [0_u64; 0]);
}

/// Page after page gives every event once.
pub async fn read_from_pages_through_everything(h: &dyn StoreHarness) {
    let events = h.events();
    for _ in 0..7 {
        a_person().put(&*events).await;
    }
    let mut seen = Vec::new();
    let mut after = Position::START;
    loop {
        let page = events.read_from(after, 3).await.expect("the store answers");
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        assert!(last.position > after, "a page that does not lead on would be read for ever");
        after = last.position;
        seen.extend(page);
    }
    assert_eq!(seen, everything(h).await);
    assert_eq!(seen.len(), 7);
    assert!(events.read_from(Position::new(7), MANY).await.expect("the store answers").is_empty());
    assert!(events.read_from(Position::START, 0).await.expect("the store answers").is_empty());
}

/// A stream nobody wrote to has no events, which is no error.
pub async fn an_unknown_stream_has_no_events(h: &dyn StoreHarness) {
    assert!(everything(h).await.is_empty());
    a_person().put(&*h.events()).await;
    assert!(stream(h, a_user_id()).await.is_empty());
}

/// A lock and an organisation with the same id are two streams.
pub async fn streams_of_different_kinds_are_apart(h: &dyn StoreHarness) {
    let events = h.events();
    let (lock, tenant) = (lock_id("same"), org("same"));
    a_commit().on(&lock, Version::NONE).event(an_event(&lock)).put(&*events).await;
    crate::build::a_key(&tenant).put(&*events).await;
    assert_eq!(stream(h, &lock).await.len(), 1);
    let of_tenant = stream(h, &tenant).await;
    assert_eq!(of_tenant.len(), 2);
    assert!(of_tenant.iter().all(|event| event.stream.kind() == AggregateKind::Tenant));
}

/// Ids are opaque text: case, spaces, slashes, wildcards and other scripts all count.
pub async fn ids_are_opaque_text(h: &dyn StoreHarness) {
    let events = h.events();
    let long = "x".repeat(128);
    let ids = ["A", "a", " a", "a ", "a/b", "a%", "a_", "'; --", "Tür 🚪", "tür 🚪", &long];
    for text in ids {
        let id = lock_id(text);
        a_commit().on(&id, Version::NONE).event(an_event(&id)).put(&*events).await;
    }
    for text in ids {
        let found = stream(h, &lock_id(text)).await;
        assert_eq!(found.len(), 1, "{text:?} is a stream of its own");
        assert_eq!(found[0].stream.id(), text);
        let lock = h.lock_access().lock(&lock_id(text)).await.expect("the store answers");
        assert_eq!(lock.expect("registered").id.as_str(), text);
    }
}

/// A lock that comes, goes and comes again leaves one event each time.
pub async fn events_of_one_commit_keep_their_order(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, door) = (a_person().put(&*events).await, a_lock_id());
    let again = a_commit().on(ada, Version::new(1)).event(granted(ada, &door).event()).event(removed(ada, &door));
    again.event(granted(ada, &door).lock_name("Back door").event()).put(&*events).await;
    let names: Vec<_> = stream(h, ada).await.iter().map(|event| event.envelope().expect("readable").name).collect();
    assert_eq!(names[1..], ["AccessibleLockAdded", "AccessibleLockRemoved", "AccessibleLockAdded"]);
    let list = h.lock_access().grants_of(ada).await.expect("the store answers").expect("known");
    assert_eq!(list.grants.len(), 1);
    assert_eq!(list.grants[0].0.lock_name, free("Back door"), "view changes are applied in the order of the events");
}
