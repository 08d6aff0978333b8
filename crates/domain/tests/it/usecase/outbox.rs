//! What staff sees of the outbox, and does to it.

use portcullis_domain::clock::Clock;
use portcullis_domain::commit::{OutboxMessage, WorkChange};
use portcullis_domain::event::Version;
use portcullis_domain::ids::OutboxId;
use portcullis_domain::policy::Caller;
use portcullis_domain::port::{Outbox, OutboxState};
use portcullis_domain::usecase::outbox::{ListOutbox, OutboxQuery, OutboxRefusal, RetryMessage};
use portcullis_domain::usecase::{IfMatch, Request, UseCaseError};
use portcullis_testkit::build::{a_commit, a_message};

use super::world::{World, key_of, keyed, request, staff};

async fn queued(world: &World, key: &str) -> OutboxId {
    let message = OutboxMessage { at: world.clock.now(), ..a_message(key) };
    let id = message.id;
    a_commit().message(message).put(world.store.as_ref()).await;
    id
}

async fn buried(world: &World, key: &str) -> OutboxId {
    let id = queued(world, key).await;
    a_commit().work(WorkChange::OutboxBuried { id, reason: "refused".to_owned() }).put(world.store.as_ref()).await;
    id
}

fn retrying(world: &World) -> RetryMessage {
    RetryMessage::new(world.commands(), world.store.clone())
}

#[tokio::test]
async fn pages_end_where_the_messages_do() {
    let world = World::new();
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(queued(&world, &format!("key {number}")).await);
    }
    ids.reverse();
    let list = ListOutbox::new(world.store.clone());
    let mut found = Vec::new();
    let mut query = OutboxQuery { limit: 2, ..OutboxQuery::default() };
    for full in [2, 2, 1] {
        let page = list.execute(&staff(), query).await.unwrap();
        assert_eq!((page.messages.len(), page.next.is_some()), (full, full == 2));
        found.extend(page.messages.iter().map(|message| message.id));
        query.before = page.next;
    }
    assert_eq!(found, ids);
    let whole = list.execute(&staff(), OutboxQuery { limit: 5, ..OutboxQuery::default() }).await.unwrap();
    assert_eq!(whole.next, None);
}

#[tokio::test]
async fn only_staff_sees_and_retries() {
    let world = World::new();
    let id = buried(&world, "a").await;
    for caller in [Caller::default(), key_of("acme")] {
        let listed = ListOutbox::new(world.store.clone()).execute(&caller, OutboxQuery::default()).await;
        assert!(matches!(listed, Err(UseCaseError::Denied(_))));
        assert!(matches!(retrying(&world).execute(&request(caller), id).await, Err(UseCaseError::Denied(_))));
    }
    assert_eq!(world.store.backlog().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn a_buried_message_waits_again_and_a_repeat_is_told_the_same() {
    let world = World::new();
    let id = buried(&world, "a").await;
    let asked = keyed(&request(staff()), 1, 1);
    let done = retrying(&world).execute(&asked, id).await.unwrap();
    assert_eq!((done.value.state, done.value.not_before), (OutboxState::Waiting, Some(world.clock.now())));
    assert_eq!(world.store.record(id).await.unwrap(), Some(done.value.clone()));
    let again = retrying(&world).execute(&asked, id).await.unwrap();
    assert_eq!((again.replayed, again.value), (true, done.value));
    let other_body = retrying(&world).execute(&keyed(&asked, 1, 2), id).await;
    assert!(matches!(other_body, Err(UseCaseError::KeyReused)));
}

#[tokio::test]
async fn a_condition_is_about_the_number_of_tries() {
    let world = World::new();
    let id = buried(&world, "a").await;
    let when = |tries| Request { if_match: IfMatch::AnyOf(vec![Version::new(tries)]), ..request(staff()) };
    let stale = retrying(&world).execute(&when(1), id).await;
    assert!(matches!(stale, Err(UseCaseError::Stale)));
    retrying(&world).execute(&when(0), id).await.unwrap();
    // It is there, tried or not; one that is not has no version.
    let exists = Request { if_match: IfMatch::Exists, ..request(staff()) };
    let waits = retrying(&world).execute(&exists, id).await;
    assert!(matches!(waits, Err(UseCaseError::Refused { refusal: OutboxRefusal::Waiting, .. })), "{waits:?}");
    let nothing = retrying(&world).execute(&exists, OutboxId::NONE).await;
    assert!(matches!(nothing, Err(UseCaseError::Stale)), "{nothing:?}");
}

#[tokio::test]
async fn whatever_was_not_given_up_is_left_alone() {
    let world = World::new();
    let waits = queued(&world, "a").await;
    let left = queued(&world, "b").await;
    a_commit().work(WorkChange::OutboxDelivered(left)).put(world.store.as_ref()).await;
    let before = world.store.outbox_rows();
    for (id, expected) in [
        (waits, OutboxRefusal::Waiting),
        (left, OutboxRefusal::Delivered),
        (OutboxId::NONE, OutboxRefusal::NoSuchMessage),
    ] {
        match retrying(&world).execute(&request(staff()), id).await {
            Err(UseCaseError::Refused { refusal, .. }) => assert_eq!(refusal, expected),
            other => panic!("not refused: {other:?}"),
        }
    }
    assert_eq!(world.store.outbox_rows(), before);
}
