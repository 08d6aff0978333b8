//! What happened to an aggregate, as staff reads it.

use portcullis_domain::commit::Effects;
use portcullis_domain::event::{Event, StreamId, Version};
use portcullis_domain::port::VersionRange;
use portcullis_domain::usecase::history::{HistoryQuery, ReadStream};
use portcullis_domain::user::UserSuspended;
use portcullis_testkit::build::{NOON, a_commit, a_lock_id, a_person, free, granted, version_of};

use super::world::{World, staff};

/// However rare a name is in a long stream, a page looks at a bounded number of events and says where to go on.
#[tokio::test]
async fn a_rare_event_is_found_in_pages_of_bounded_work() {
    let world = World::new();
    let store = world.store.as_ref();
    let ada = a_person().put(store).await;
    let door = a_lock_id();
    let suspended = || -> Event {
        UserSuspended { user_id: ada, reason: free("lost"), suspended_by: free("desk"), suspended_at: NOON }.into()
    };
    let long: Vec<Event> = (0..u64::from(ReadStream::MOST)).map(|_| granted(ada, &door).event().into()).collect();
    for events in [vec![suspended()], long, vec![suspended()]] {
        let expected = version_of(store, &ada.into()).await;
        a_commit().on(ada, expected).effects(Effects { events, ..Effects::default() }).put(store).await;
    }
    let most = u64::from(ReadStream::MOST);
    let read = async |from: Version, name: Option<&str>, limit| {
        let stream = StreamId::from(ada);
        let range = VersionRange { from, ..VersionRange::ALL };
        let query = HistoryQuery { stream, range, name: name.map(str::to_owned), limit };
        let page = ReadStream::new(world.store.clone()).execute(&staff(), &query).await.unwrap();
        let versions: Vec<_> = page.events.iter().map(|event| event.version.number()).collect();
        (versions, page.next.map(Version::number))
    };
    let name = Some("UserSuspended");
    assert_eq!(read(Version::new(1), name, 9).await, (vec![2], Some(most + 1)));
    assert_eq!(read(Version::new(most + 1), name, 9).await, (vec![most + 3], None));
    // Nothing found yet, and still not the end.
    assert_eq!(read(Version::new(3), name, 9).await, (vec![], Some(most + 3)));
    // What is not rare is found as ever.
    assert_eq!(read(Version::new(1), None, 2).await, (vec![1, 2], Some(3)));
    assert_eq!(read(Version::new(3), Some("NoSuchEvent"), 9).await.0, Vec::<u64>::new());
}
