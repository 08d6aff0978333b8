//! Whoever counts is told of everything that is written, once.

use std::time::{Duration, Instant};

use portcullis_adapters::store::CommitOutcome::{Conflict, Failed, Lost, Written};
use portcullis_adapters::store::TransactionOutcome::{Committed, Empty, Failed as Undone};
use portcullis_adapters::store::{CommitOutcome, TransactionOutcome};
use portcullis_domain::commit::{Guard, GuardKey};
use portcullis_domain::event::Version;
use portcullis_domain::port::{Backlog, Outbox};
use portcullis_testkit::build::{a_commit, a_lock_id, a_message, a_person, a_user_id, granted};

use super::on_each_database;
use crate::harness::{Outcome, Sea};

on_each_database!(
    commits_are_told_by_what_became_of_them,
    commits_of_one_batch_are_told_as_one_transaction,
    those_nobody_waits_for_and_those_turned_away_are_told_too,
    connections_are_counted,
    counting_what_has_not_left_ends_somewhere,
);

/// What was told since the last time.
fn told(sea: &Sea) -> (Vec<CommitOutcome>, Vec<(TransactionOutcome, usize)>) {
    let transactions = std::mem::take(&mut *sea.observed.transactions.lock().unwrap());
    let transactions = transactions.into_iter().map(|transaction| (transaction.outcome, transaction.commits));
    (std::mem::take(&mut *sea.observed.commits.lock().unwrap()), transactions.collect())
}

async fn commits_are_told_by_what_became_of_them(sea: &Sea) {
    let user = a_person().put(&sea.store).await;
    assert_eq!(told(sea), (vec![Written], vec![(Committed, 1)]));
    let again = granted(user, &a_lock_id()).commit(Version::NONE);
    again.commit(&sea.store).await.expect_err("another version");
    assert_eq!(told(sea), (vec![Conflict], vec![(Empty, 1)]));
    let guard = Guard::raise(GuardKey::Outbox(a_message("a").id), 7);
    a_commit().guard(guard).commit(&sea.store).await.expect_err("another number");
    assert_eq!(told(sea), (vec![Lost], vec![(Empty, 1)]));
    // It took effect, and the answer was lost: it is looked up, which is part of the same transaction.
    sea.commits.fail_next(Outcome::LostAfter);
    a_commit().put(&sea.store).await;
    assert_eq!(told(sea), (vec![Written], vec![(Committed, 1)]));
    assert_eq!(sea.observed.waits.lock().unwrap().len(), 4);
}

async fn commits_of_one_batch_are_told_as_one_transaction(sea: &Sea) {
    sea.on_event("culprit", "SELECT RAISE(ABORT, 'no')", "RAISE EXCEPTION 'no'").await;
    let held = sea.commits.gate.write().await;
    let mut tasks = vec![tokio::spawn({
        let store = sea.store.clone();
        async move { a_commit().commit(&store).await }
    })];
    tokio::time::sleep(Duration::from_millis(100)).await;
    for number in 0..4 {
        let store = sea.store.clone();
        let name = if number == 0 { "culprit" } else { "door" };
        let commit = granted(a_user_id(), &a_lock_id()).lock_name(name).commit(Version::NONE);
        tasks.push(tokio::spawn(async move { commit.commit(&store).await }));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(held);
    for task in tasks {
        let _ = task.await.unwrap();
    }
    let (commits, transactions) = told(sea);
    assert_eq!(commits, [Written, Failed, Written, Written, Written]);
    assert_eq!(transactions, [(Committed, 1), (Undone, 4), (Undone, 2), (Undone, 1), (Committed, 1), (Committed, 2)]);
    let waits = sea.observed.waits.lock().unwrap();
    assert_eq!(waits.len(), 5, "a wait ends once, however often it is tried");
    let longest = waits.iter().max().copied().unwrap_or_default();
    assert!(longest >= Duration::from_millis(5), "{waits:?}");
}

async fn those_nobody_waits_for_and_those_turned_away_are_told_too(sea: &Sea) {
    let held = sea.commits.gate.write().await;
    let store = sea.store.clone();
    let gone = tokio::spawn(async move { a_commit().commit(&store).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    gone.abort();
    drop(held);
    sea.store.close().await;
    a_commit().commit(&sea.store).await.expect_err("it is closed");
    assert_eq!(told(sea), (vec![Written, Failed], vec![(Committed, 1)]));
}

async fn connections_are_counted(sea: &Sea) {
    a_person().put(&sea.store).await;
    // A connection goes back to the pool a little after the answer.
    let deadline = Instant::now() + Duration::from_secs(5);
    while sea.store.connections().write.used > 0 {
        assert!(Instant::now() < deadline, "{:?}", sea.store.connections());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(sea.store.connections().write.idle > 0);
    let held = sea.commits.gate.write().await;
    let store = sea.store.clone();
    let at_work = tokio::spawn(async move { a_person().put(&store).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(sea.store.connections().write.used, 1);
    drop(held);
    at_work.await.unwrap();
}

async fn counting_what_has_not_left_ends_somewhere(sea: &Sea) {
    let rows = 2 * (Backlog::MOST + 1);
    sea.execute(&format!(
        "INSERT INTO work_outbox (seq, id, key, template, at, not_before, state) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
         SELECT i, 'm' || i, 'key', 'any', 1, 1, CASE WHEN i % 2 = 0 THEN 'waiting' ELSE 'buried' END FROM n"
    ))
    .await;
    let backlog = sea.store.backlog().await.unwrap();
    assert_eq!((backlog.waiting, backlog.buried), (Backlog::MOST, Backlog::MOST));
}
