//! Lost connections, and COMMITs nobody knows the outcome of.

use std::time::{Duration, Instant};

use portcullis_domain::event::{Position, Version};
use portcullis_domain::port::{CommitError, EventStore, UserRepository};
use portcullis_testkit::build::{a_commit, a_lock_id, a_person, a_user_id, granted};

use super::on_each_database;
use crate::harness::{Outcome, Sea};

on_each_database!(
    an_unknown_commit_that_took_effect_is_ok_for_the_whole_batch,
    an_unknown_commit_without_effect_can_be_handed_in_again,
    a_refusal_that_rests_on_a_lost_commit_is_not_told,
);

async fn an_unknown_commit_that_took_effect_is_ok_for_the_whole_batch(sea: &Sea) {
    let held = sea.commits.gate.write().await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let store = sea.store.clone();
            tokio::spawn(async move { a_person().commit().commit(&store).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    sea.commits.fail_next(Outcome::LostAfter);
    drop(held);
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(sea.number("SELECT count(*) FROM events").await, 20);
}

async fn an_unknown_commit_without_effect_can_be_handed_in_again(sea: &Sea) {
    sea.commits.fail_next(Outcome::LostBefore);
    let person = a_person().commit();
    let first = person.clone().commit(&sea.store).await;
    assert!(matches!(first, Err(CommitError::Unavailable(_))), "{first:?}");
    assert_eq!(sea.number("SELECT count(*) FROM events").await, 0);
    person.clone().commit(&sea.store).await.unwrap();
    person.commit(&sea.store).await.unwrap();
    let events = sea.store.read_from(Position::START, 10).await.unwrap();
    assert_eq!(events.iter().map(|event| event.position.number()).collect::<Vec<_>>(), [1]);
}

async fn a_refusal_that_rests_on_a_lost_commit_is_not_told(sea: &Sea) {
    let user = a_user_id();
    let held = sea.commits.gate.write().await;
    let mut tasks = vec![tokio::spawn({
        let store = sea.store.clone();
        async move { a_commit().commit(&store).await }
    })];
    tokio::time::sleep(Duration::from_millis(100)).await;
    for _ in 0..2 {
        let store = sea.store.clone();
        tasks.push(tokio::spawn(async move { a_person().id(user).commit().commit(&store).await }));
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(held);
    tasks.remove(0).await.unwrap().unwrap();
    sea.commits.fail_next(Outcome::LostBefore);
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    let conflicts = answers.iter().filter(|answer| matches!(answer, Err(CommitError::Conflict { .. }))).count();
    let written = sea.number("SELECT count(*) FROM events").await;
    assert_eq!(i64::try_from(conflicts).unwrap(), written, "a conflict needs a winner: {answers:?}");
}

/// Ends every connection of the store to its database.
const TERMINATE: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = 'portcullis' AND pid <> pg_backend_pid()";

#[tokio::test(flavor = "multi_thread")]
async fn the_store_recovers_when_its_connections_are_ended() {
    let sea = Sea::postgres().await;
    let first = a_person().put(&sea.store).await;
    for _ in 0..3 {
        let reads: Vec<_> = (0..8)
            .map(|_| {
                let store = sea.store.clone();
                tokio::spawn(async move { UserRepository::find(&store, first).await.unwrap() })
            })
            .collect();
        for read in reads {
            assert!(read.await.unwrap().is_some());
        }
        assert!(sea.number(TERMINATE).await > 1);
        // Neither readers nor writers notice: nothing was under way.
        assert!(UserRepository::find(&sea.store, first).await.unwrap().is_some());
        a_person().put(&sea.store).await;
    }
    assert_eq!(sea.number("SELECT max(position) FROM events").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_in_a_batch_fails_all_of_it_at_once() {
    let sea = Sea::postgres().await;
    sea.on_event("cut", "", "PERFORM pg_terminate_backend(pg_backend_pid())").await;
    let started = Instant::now();
    let held = sea.commits.gate.write().await;
    let tasks: Vec<_> = (0..40)
        .map(|_| {
            let store = sea.store.clone();
            tokio::spawn(async move {
                granted(a_user_id(), &a_lock_id()).lock_name("cut").commit(Version::NONE).commit(&store).await
            })
        })
        .collect();
    drop(held);
    for task in tasks {
        assert!(matches!(task.await.unwrap(), Err(CommitError::Unavailable(_))));
    }
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(sea.commits.performed(), 0);
    a_person().put(&sea.store).await;
    assert_eq!(sea.number("SELECT max(position) FROM events").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_ended_before_its_commit_is_not_confirmed() {
    let sea = Sea::postgres().await;
    let held = sea.commits.gate.write().await;
    let store = sea.store.clone();
    let task = tokio::spawn(async move { a_person().commit().commit(&store).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(sea.number(TERMINATE).await > 0);
    drop(held);
    assert!(matches!(task.await.unwrap(), Err(CommitError::Unavailable(_))));
    a_person().put(&sea.store).await;
    assert_eq!(sea.number("SELECT max(position) FROM events").await, 1);
}

/// A process that freezes in its transaction holds the writers' turn; the server ends it.
#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_process_does_not_stop_the_others() {
    let sea = Sea::postgres().await;
    let other = sea.another().await;
    let held = sea.commits.gate.write().await;
    let frozen = sea.store.clone();
    let task = tokio::spawn(async move { a_person().commit().commit(&frozen).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let started = Instant::now();
    a_person().put(&other).await;
    assert!(started.elapsed() < Duration::from_secs(9), "{:?}", started.elapsed());
    drop(held);
    assert!(matches!(task.await.unwrap(), Err(CommitError::Unavailable(_))));
    assert_eq!(sea.number("SELECT max(position) FROM events").await, 1);
    other.close().await;
}
